// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds out which versions of CUDA are installed, for messages. */
public final class CudaLibraries {
    private static final Pattern RUNTIME = Pattern.compile("libcudart\\.so\\.(\\d+).*");
    private static final List<String> USUAL = List.of(
            "/usr/local/cuda/lib64",
            "/usr/local/cuda/targets/x86_64-linux/lib",
            "/usr/lib/x86_64-linux-gnu",
            "/usr/lib64");

    private CudaLibraries() {}

    /**
     * Says what is there.
     *
     * @param libraryPath {@code LD_LIBRARY_PATH}; null where it is not set
     */
    public static String found(@Nullable String libraryPath) {
        List<String> folders = new ArrayList<>(List.of((libraryPath == null ? "" : libraryPath).split(":")));
        folders.addAll(USUAL);
        return describe(folders);
    }

    public static String describe(List<String> folders) {
        SortedSet<Integer> versions = new TreeSet<>();
        folders.forEach(folder -> versions.addAll(versions(folder)));
        if (versions.isEmpty()) {
            return "no CUDA libraries were found in LD_LIBRARY_PATH";
        }
        return "found: CUDA "
                + String.join(", ", versions.stream().map(String::valueOf).toList());
    }

    private static SortedSet<Integer> versions(String folder) {
        SortedSet<Integer> versions = new TreeSet<>();
        try {
            Path path = Path.of(folder);
            if (folder.isEmpty() || !Files.isDirectory(path)) {
                return versions;
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(path, "libcudart.so.*")) {
                for (Path file : files) {
                    Matcher matcher = RUNTIME.matcher(file.getFileName().toString());
                    if (matcher.matches()) {
                        versions.add(Integer.valueOf(matcher.group(1)));
                    }
                }
            }
        } catch (IOException | InvalidPathException e) {
            return versions; // it only helps a message
        }
        return versions;
    }
}
