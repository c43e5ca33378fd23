// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A file as the hub lists it.
 *
 * @param path in the repository
 * @param size in bytes; -1 where it is not known
 * @param sha256 of large files, hexadecimal; null for those that lie in git itself
 * @param blob git's own hash of the others: SHA-1 over {@code "blob " + size + NUL} and the content; null where it is not
 *     known
 */
record HubFile(
        String path,
        long size,
        @Nullable String sha256,
        @Nullable String blob) {
    /** This, to be held against what it was when it was fetched where the hub gives no SHA-256. */
    HubFile orKnown(@Nullable String fetchedSha256) {
        return sha256 != null || fetchedSha256 == null ? this : new HubFile(path, size, fetchedSha256, null);
    }

    /** Why the downloaded file is not this one, or null where it is. */
    @Nullable
    String difference(Path file) throws IOException {
        long found = Files.size(file);
        if (size >= 0 && found != size) {
            return "it has " + found + " bytes, the hub says " + size;
        }
        if (sha256 != null) {
            String actual = Sha256.of(file);
            return actual.equals(sha256) ? null : "its SHA-256 is " + actual + ", the hub says " + sha256;
        }
        if (blob != null) {
            MessageDigest sha1 = Sha256.digest("SHA-1");
            sha1.update(("blob " + found + "\0").getBytes(StandardCharsets.UTF_8));
            Sha256.update(sha1, file);
            String actual = HexFormat.of().formatHex(sha1.digest());
            return actual.equals(blob) ? null : "its git hash is " + actual + ", the hub says " + blob;
        }
        return null;
    }
}
