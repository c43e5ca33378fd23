// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the SHA-256 of each downloaded file, so that damage is noticed later. One line holds a checksum and a path, as {@code
 * sha256sum} writes and checks them. For one thread and process at a time.
 */
final class ChecksumFile {
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) {2}(.+)");

    private final Path file;
    private final Map<String, String> byPath = new LinkedHashMap<>();

    private ChecksumFile(Path file) {
        this.file = file;
    }

    /** Reads the checksums of a folder, from the file {@code <folder>.sha256} next to it. */
    static ChecksumFile of(Path folder) throws IOException {
        ChecksumFile checksums = new ChecksumFile(folder.resolveSibling(folder.getFileName() + ".sha256"));
        if (Files.isRegularFile(checksums.file)) {
            for (String line : Files.readAllLines(checksums.file)) {
                Matcher matcher = LINE.matcher(line);
                if (matcher.matches()) {
                    checksums.byPath.put(matcher.group(2), matcher.group(1));
                }
            }
        }
        return checksums;
    }

    /** Returns the checksum of the path, or null where none was kept. */
    @Nullable
    String of(String path) {
        return byPath.get(path);
    }

    /** Returns the paths that have a checksum. */
    Set<String> paths() {
        return byPath.keySet();
    }

    /** Tells how the file differs from what was downloaded; null where it does not, or no checksum was kept. */
    @Nullable
    String difference(String path, Path content) throws IOException {
        String expected = byPath.get(path);
        if (expected == null) {
            return null;
        }
        if (!Files.isRegularFile(content)) {
            return "it is gone";
        }
        String actual = sha256(content);
        return actual.equals(expected)
                ? null
                : "its SHA-256 is " + actual + ", it was " + expected + " when it was fetched";
    }

    /** Returns the SHA-256 of a file, hexadecimal. */
    static String sha256(Path file) throws IOException {
        return sha256(List.of(file));
    }

    /** Returns the SHA-256 of files one after the other, hexadecimal. */
    static String sha256(List<Path> files) throws IOException {
        MessageDigest sha256 = DigestUtils.getSha256Digest();
        for (Path file : files) {
            DigestUtils.updateDigest(sha256, file);
        }
        return Hex.encodeHexString(sha256.digest());
    }

    /** Keeps the checksum of the file, unless one is kept already. */
    void keep(String path, Path content) throws IOException {
        if (!byPath.containsKey(path)) {
            byPath.put(path, sha256(content));
            Files.writeString(
                    file, byPath.get(path) + "  " + path + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }
}
