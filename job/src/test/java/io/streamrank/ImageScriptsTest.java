// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of deploy/docker, run as the image runs them. */
class ImageScriptsTest {
    private static final Path SCRIPTS = Path.of("..", "deploy", "docker").toAbsolutePath();
    /** Many times what a pipe holds. */
    private static final int LARGE = 2_000_000;

    private record Ran(int status, String said) {}

    @Test
    void aJobManagerWithARunningJobIsHealthy() throws Exception {
        Ran ran = askedOfRest("{\"jobs\":[{\"name\":\"streamrank\",\"state\":\"RUNNING\"}]}" + " ".repeat(LARGE));

        assertThat(ran).isEqualTo(new Ran(0, ""));
    }

    @Test
    void aJobManagerWithoutARunningJobIsNot() throws Exception {
        Ran ran = askedOfRest("{\"jobs\":[{\"name\":\"streamrank\",\"state\":\"RESTARTING\"}]}");

        assertThat(ran).isEqualTo(new Ran(1, "no job is running\n"));
    }

    @Test
    void aTaskManagerWithManyMetricsIsHealthy() throws Exception {
        String line = "flink_taskmanager_Status_JVM_Threads_Count{host=\"a\",} 42.0\n";

        assertThat(askedOfMetrics("# TYPE\n" + line.repeat(LARGE / line.length())))
                .isEqualTo(new Ran(0, ""));
    }

    @Test
    void whatReportsNoMetricsOfATaskManagerIsNotHealthy() throws Exception {
        assertThat(askedOfMetrics("flink_jobmanager_Status_JVM_Threads_Count 42.0\n"))
                .isEqualTo(new Ran(1, "no metrics of a TaskManager\n"));
    }

    @Test
    void whatDoesNotAnswerIsNotHealthy() throws Exception {
        int nothing = freePort();
        int noMetrics = freePort();

        Ran ran = run(Map.of(), "healthy", Integer.toString(nothing), Integer.toString(noMetrics));

        assertThat(ran)
                .isEqualTo(new Ran(
                        1,
                        "neither a JobManager answers on port " + nothing + " nor a TaskManager on port " + noMetrics
                                + "\n"));
    }

    @Test
    void aJobThatLeftNothingBehindStartsWithoutState(@TempDir Path directory) throws Exception {
        Files.createDirectories(directory.resolve("state/checkpoints/a/chk-3"));

        assertThat(resumed(directory))
                .isEqualTo(new Ran(
                        0,
                        "resume: no checkpoint or savepoint below " + directory.resolve("state")
                                + ", so the job starts without state\n" + STARTED + "\n"));
    }

    @Test
    void aJobOwnsTheCheckpointThatItGoesOnFrom(@TempDir Path directory) throws Exception {
        left(directory, "checkpoints/b/chk-9", 1);
        left(directory, "savepoints/savepoint-1", 2);
        Path newest = left(directory, "checkpoints/a/chk-10", 3);
        Files.createDirectories(directory.resolve("state/checkpoints/a/chk-11"));

        assertThat(resumed(directory)).isEqualTo(wentOnFrom(newest, "CLAIM"));
    }

    @Test
    void aJobLeavesTheSavepointThatItGoesOnFromToItsOwner(@TempDir Path directory) throws Exception {
        left(directory, "checkpoints/a/chk-10", 1);
        Path newest = left(directory, "savepoints/savepoint-1", 2);

        assertThat(resumed(directory)).isEqualTo(wentOnFrom(newest, "NO_CLAIM"));
    }

    private static final String STARTED =
            "start-foreground --job-classname io.streamrank.RerankJob -- --config streamrank.yaml";

    private static Ran wentOnFrom(Path state, String claim) {
        return new Ran(
                0,
                "resume: the job continues from " + state + "\n" + STARTED
                        + " --set flink.execution.state-recovery.path=file://" + state
                        + " --set flink.execution.state-recovery.claim-mode=" + claim + "\n");
    }

    /** What it says and how it would start the job. */
    private static Ran resumed(Path directory) throws Exception {
        Path starter = directory.resolve("bin/standalone-job.sh");
        Files.createDirectories(starter.getParent());
        Files.writeString(starter, "#!/usr/bin/env bash\necho \"$@\"\n");
        assertThat(starter.toFile().setExecutable(true)).isTrue();
        return run(
                Map.of("STATE_DIR", directory.resolve("state").toString(), "FLINK_HOME", directory.toString()),
                "resume",
                "--config",
                "streamrank.yaml");
    }

    private static Path left(Path directory, String name, long second) throws IOException {
        Path state = directory.resolve("state").resolve(name);
        Files.createDirectories(state);
        Files.setLastModifiedTime(Files.createFile(state.resolve("_metadata")), FileTime.fromMillis(1000 * second));
        return state;
    }

    private static Ran askedOfRest(String overview) throws Exception {
        return asked("/jobs/overview", overview, true);
    }

    private static Ran askedOfMetrics(String metrics) throws Exception {
        return asked("/metrics", metrics, false);
    }

    private static Ran asked(String path, String answer, boolean rest) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] body = answer.getBytes(UTF_8);
        server.createContext(path, exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            String port = Integer.toString(server.getAddress().getPort());
            String other = Integer.toString(freePort());
            return rest ? run(Map.of(), "healthy", port, other) : run(Map.of(), "healthy", other, port);
        } finally {
            server.stop(0);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Ran run(Map<String, String> environment, String script, String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("bash", SCRIPTS.resolve(script).toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Ran(process.waitFor(), said);
    }
}
