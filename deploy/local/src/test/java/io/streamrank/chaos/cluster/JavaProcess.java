// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A JVM of our own, with its output in a file. It goes with this one: see {@link ParentWatch}. */
public final class JavaProcess implements AutoCloseable {
    private static final long PATIENCE_S = 60;

    private final String name;
    private final Process process;

    private JavaProcess(String name, Process process) {
        this.name = name;
        this.process = process;
    }

    /**
     * Starts a JVM.
     *
     * @param log is appended to
     * @param options of the JVM, with no class path among them
     * @param command main class and its arguments
     * @param environment on top of ours
     */
    public static JavaProcess start(
            String name,
            Path log,
            List<Path> classPath,
            List<String> options,
            List<String> command,
            Map<String, String> environment)
            throws IOException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(options);
        words.add("-cp");
        words.add(String.join(
                System.getProperty("path.separator"),
                classPath.stream().map(Path::toString).toList()));
        words.add(ParentWatch.class.getName());
        words.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        // A process that was stopped by a signal does not see that its parent is gone.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return new JavaProcess(name, process);
    }

    /** Waits until it ends by itself. */
    public void awaitEnd(Duration patience) throws IOException {
        try {
            if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException(name + " did not end within " + patience);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(name + " was not waited for", e);
        }
    }

    /** Without warning, as the kernel's out-of-memory killer does it. */
    public void kill() {
        process.destroyForcibly();
        await();
    }

    /** In an orderly way, or without warning where that takes too long. */
    public void stop() {
        process.destroy();
        await();
    }

    /** Stands still but keeps its connections, as a machine that swaps or a network that drops packets. */
    public void pause() throws IOException, InterruptedException {
        signal("-STOP");
    }

    public void resume() throws IOException, InterruptedException {
        signal("-CONT");
    }

    /** Memory in KiB or a count, by its name in Linux's /proc; 0 where there is no such thing. */
    public long status(String line) throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(text -> text.startsWith(line + ":"))
                .mapToLong(text -> Long.parseLong(text.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    /** What a tool of the JDK says about the process. */
    public String tool(String tool, String command) throws IOException, InterruptedException {
        String program = Path.of(System.getProperty("java.home"), "bin", tool).toString();
        String pid = Long.toString(process.pid());
        Process run = new ProcessBuilder(
                        tool.equals("jstat") ? List.of(program, command, pid) : List.of(program, pid, command))
                .redirectErrorStream(true)
                .start();
        String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (run.waitFor() != 0) {
            throw new IOException(tool + " " + command + " of " + name + " failed: " + said);
        }
        return said;
    }

    private void signal(String signal) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("kill " + signal + " of " + name + " failed with status " + status);
        }
    }

    private void await() {
        try {
            if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
