// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

import io.streamrank.local.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The result as files: a page for people, and all numbers as JSON. */
record Report(Path directory, Result result) {
    static final String PAGE = "benchmark.html";
    static final String NUMBERS = "benchmark.json";

    static void prepare(Path directory) throws IOException {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new InputException(directory + " is a file: --report takes a directory");
        }
        Files.createDirectories(directory);
    }

    void write() throws IOException {
        Files.writeString(directory.resolve(NUMBERS), ResultJson.of(result));
        Files.writeString(directory.resolve(PAGE), new Page(result).html());
    }
}
