// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a folder's files were when they were fetched: SHA-256 and path, a line each, as {@code sha256sum} writes and checks
 * them. For one thread and process at a time.
 */
final class Checksums {
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) {2}(.+)");

    private final Path file;
    private final Map<String, String> byPath = new LinkedHashMap<>();

    private Checksums(Path file) {
        this.file = file;
    }

    /** Of that folder, in a file beside it. */
    static Checksums of(Path folder) throws IOException {
        Checksums sums = new Checksums(folder.resolveSibling(folder.getFileName() + ".sha256"));
        if (Files.isRegularFile(sums.file)) {
            for (String line : Files.readAllLines(sums.file)) {
                Matcher matcher = LINE.matcher(line);
                if (matcher.matches()) {
                    sums.byPath.put(matcher.group(2), matcher.group(1));
                }
            }
        }
        return sums;
    }

    /** Of that path, or null where it was not kept. */
    @Nullable
    String of(String path) {
        return byPath.get(path);
    }

    Set<String> paths() {
        return byPath.keySet();
    }

    /** Why the file is not what it was, or null where it is or nothing is known of it. */
    @Nullable
    String difference(String path, Path content) throws IOException {
        String then = byPath.get(path);
        if (then == null) {
            return null;
        }
        if (!Files.isRegularFile(content)) {
            return "it is gone";
        }
        String now = Sha256.of(content);
        return now.equals(then) ? null : "its SHA-256 is " + now + ", it was " + then + " when it was fetched";
    }

    /** Keeps the file's, unless one is kept already. */
    void keep(String path, Path content) throws IOException {
        if (!byPath.containsKey(path)) {
            byPath.put(path, Sha256.of(content));
            Files.writeString(
                    file, byPath.get(path) + "  " + path + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }
}
