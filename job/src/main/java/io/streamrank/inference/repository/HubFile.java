// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * Describes a file as the hub lists it, and checks a download against it.
 *
 * @param path in the repository
 * @param size in bytes; -1 where it is not known
 * @param sha256 of large files, hexadecimal; null for those that lie in git itself
 * @param blobId git's own hash of the others: SHA-1 over {@code "blob " + size + NUL} and the content; null where it is not
 *     known
 */
record HubFile(
        String path,
        long size,
        @Nullable String sha256,
        @Nullable String blobId) {
    /** Returns this with the checksum that was kept at the download, where the hub gives no SHA-256. */
    HubFile withChecksum(@Nullable String kept) {
        return sha256 != null || kept == null ? this : new HubFile(path, size, kept, null);
    }

    /** Tells how the downloaded file differs from this one; null where it does not. */
    @Nullable
    String difference(Path file) throws IOException {
        long found = Files.size(file);
        if (size >= 0 && found != size) {
            return "it has " + found + " bytes, the hub says " + size;
        }
        if (sha256 != null) {
            String actual = ChecksumFile.sha256(file);
            return actual.equals(sha256) ? null : "its SHA-256 is " + actual + ", the hub says " + sha256;
        }
        if (blobId != null) {
            MessageDigest sha1 = DigestUtils.updateDigest(DigestUtils.getSha1Digest(), "blob " + found + "\0");
            String actual = Hex.encodeHexString(DigestUtils.digest(sha1, file));
            return actual.equals(blobId) ? null : "its git hash is " + actual + ", the hub says " + blobId;
        }
        return null;
    }
}
