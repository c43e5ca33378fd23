// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.local.StreamRank;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code evaluate} and {@code benchmark} with every exit code that they promise. */
class ExitCodesITCase {
    private static final Path MODELS =
            Path.of("../models/golden").toAbsolutePath().normalize();
    private static final String DOCUMENT = "{\"_id\":\"1\",\"text\":\"The ship sank.\"}\n";

    @TempDir
    private Path directory;

    @Test
    void evaluate() throws Exception {
        Path good = collection("good", DOCUMENT);
        assertExits(0, "evaluate", "--collection=" + good).doesNotContain("could not be used");
        assertExits(1, "evaluate", "--collection=" + good, "--set=models.cache-dir=" + file(), kept())
                .contains("Model builtin:", " cannot be stored in ");
        assertExits(2, "evaluate", "--collection=" + directory.resolve("none")).contains("none is not a directory");
        assertExits(2, "evaluate", "--collection=" + good, "--report=" + file().resolve("report"))
                .contains(file() + " is a file: --report takes a directory");
        Path some = collection("some", DOCUMENT + "{\"_id\":\"2\",\"text\":\" \"}\n");
        assertExits(3, "evaluate", "--collection=" + some).contains("records that could not be used: 1 ");
    }

    @Test
    void benchmark() throws Exception {
        assertExits(0, "benchmark", "--smoke", "--parallelism=1").isNotNull();
        assertExits(1, "benchmark", "--smoke", "--set=models.cache-dir=" + file(), kept())
                .contains("Model builtin:", " cannot be stored in ");
        assertExits(2, "benchmark", "--smoke", "--peer=none=none").contains("--peer takes NAME=COMMAND");
        assertExits(2, "benchmark", "--smoke", "--report=" + file().resolve("report"))
                .contains(file() + " is a file: --report takes a directory");
    }

    /** Where a directory is needed, nothing can be stored. */
    private Path file() throws Exception {
        Path file = directory.resolve("file");
        return Files.exists(file) ? file : Files.createFile(file);
    }

    /** A model that the cache has to keep. */
    private static String kept() {
        return "--set=models.reranker.uri=builtin:streamrank-minilm-l6-v2";
    }

    private Path collection(String name, String documents) throws Exception {
        Path collection = Files.createDirectory(directory.resolve(name));
        Files.writeString(collection.resolve("corpus.jsonl"), documents);
        Files.writeString(collection.resolve("queries.jsonl"), "{\"_id\":\"q\",\"text\":\"who sank?\"}\n");
        Files.writeString(collection.resolve("qrels.tsv"), "query-id\tcorpus-id\tscore\nq\t1\t1\n");
        return collection;
    }

    private static org.assertj.core.api.AbstractStringAssert<?> assertExits(int code, String... args) {
        StringWriter err = new StringWriter();
        String[] all = Stream.concat(
                        Stream.of(
                                args[0],
                                "--set=models.embedder.uri="
                                        + MODELS.resolve("tiny-bi-encoder").toUri(),
                                "--set=models.reranker.uri="
                                        + MODELS.resolve("tiny-cross-encoder").toUri()),
                        Stream.of(args).skip(1))
                .toArray(String[]::new);
        int exitCode = StreamRank.commandLine()
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err, true))
                .execute(all);
        assertThat(exitCode).as(Stream.of(args).toList() + err.toString()).isEqualTo(code);
        return assertThat(err.toString());
    }
}
