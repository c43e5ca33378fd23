// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.local.StreamRank;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A command of the launcher in a thread of its own, with what it says. */
final class Launched implements AutoCloseable {
    /** Only a hanging test gets here. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Path MODELS =
            Path.of("../models/golden").toAbsolutePath().normalize();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Thread thread;
    private volatile int exitCode = -1;

    private Launched(String... args) {
        thread = new Thread(
                () -> exitCode = StreamRank.commandLine()
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true))
                        .execute(args),
                args[0]);
    }

    static Launched start(String... args) {
        Launched command = new Launched(args);
        command.thread.start();
        return command;
    }

    /** Runs a command to its end. */
    static Launched run(String... args) throws InterruptedException {
        Launched command = start(args);
        command.thread.join();
        return command;
    }

    /** A command's arguments, and before them models that are loaded in no time. */
    static String[] withTinyModels(String command, String... args) {
        Stream<String> models = Stream.of(
                command,
                "--set",
                "models.embedder.uri=" + MODELS.resolve("tiny-bi-encoder").toUri(),
                "--set",
                "models.reranker.uri=" + tinyReranker().toUri());
        return Stream.concat(models, Stream.of(args)).toArray(String[]::new);
    }

    static Path tinyReranker() {
        return MODELS.resolve("tiny-cross-encoder");
    }

    void awaitSaying(String text) {
        Awaitility.await(text).atMost(PATIENCE).until(() -> err().contains(text) || !thread.isAlive());
        assertThat(err()).contains(text);
    }

    /** Asks it to stop, as Ctrl-C does, and waits until it has. */
    Launched stop() throws InterruptedException {
        thread.interrupt();
        thread.join();
        return this;
    }

    int exitCode() {
        return exitCode;
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }

    /** The lines of its answer. */
    List<String> lines() {
        return out().lines().toList();
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }
}
