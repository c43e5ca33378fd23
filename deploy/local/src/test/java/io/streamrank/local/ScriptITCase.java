// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the start script itself, as a user does, with the JDK that runs the build and with each other that is installed
 * next to it.
 */
class ScriptITCase {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path MODELS = ROOT.resolve("deploy/models/golden");
    private static final Path LIB = Path.of("target/lib").toAbsolutePath().normalize();
    private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");
    private static final int OLDEST = 17;
    /** Only a hanging test gets here. */
    private static final int PATIENCE_MINUTES = 10;
    /** The JVM would compile for longer than the command runs. */
    private static final String QUICK = "-XX:TieredStopAtLevel=1";

    @TempDir
    private Path directory;

    private Path jar;

    /** A copy of the script that finds everything built: what Maven has made so far, under a stamp that is newer. */
    @BeforeEach
    void layOut() throws IOException {
        for (String source : List.of("connectors", "job", "deploy/models", "deploy/gateway", "deploy/local/target")) {
            Files.createDirectories(directory.resolve(source));
        }
        for (String file : List.of("streamrank", "pom.xml")) {
            Files.copy(ROOT.resolve(file), directory.resolve(file));
        }
        Path target = directory.resolve("deploy/local/target");
        Files.createSymbolicLink(target.resolve("lib"), LIB);
        try (Stream<Path> built = Files.list(Path.of("target"))) {
            jar = built.filter(
                            file -> file.getFileName().toString().matches("streamrank-local-[^-]*(-SNAPSHOT)?\\.jar"))
                    .findFirst()
                    .orElseThrow()
                    .toAbsolutePath()
                    .normalize();
            Files.createSymbolicLink(target.resolve(jar.getFileName()), jar);
        }
        Files.createFile(target.resolve("built"));
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void demonstratesAndSaysNothingOfTheJvm(Path jdk) throws Exception {
        Path documents =
                Files.writeString(directory.resolve("d.jsonl"), "{\"id\":\"1\",\"text\":\"The ship sank.\"}\n");
        Path queries = Files.writeString(directory.resolve("q.txt"), "who sank?\n");
        Ended demo = run(
                jdk,
                "demo",
                "--documents=" + documents,
                "--queries=" + queries,
                "--set=models.embedder.uri=" + MODELS.resolve("tiny-bi-encoder").toUri(),
                "--set=models.reranker.uri="
                        + MODELS.resolve("tiny-cross-encoder").toUri());
        assertThat(demo.exitCode()).as(demo.err()).isZero();
        assertThat(demo.out()).contains("who sank?", "1 documents · 1 queries · ");
        assertThat(demo.err()).contains("1 documents searchable").doesNotContainIgnoringCase("warning");
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void refusesWrongInputInOneSentence(Path jdk) throws Exception {
        Ended demo = run(jdk, "demo", "--documents=none.json", "--queries=none.txt");
        assertThat(demo.exitCode()).isEqualTo(2);
        assertThat(demo.err()).isEqualTo("none.json does not exist: give a JSON file\n");
        assertThat(demo.out()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void passesOnWhyTheJvmDoesNotStart(Path jdk) throws Exception {
        Ended none = start(jdk, "-XX:NoSuchOption", "demo");
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.out() + none.err()).contains("NoSuchOption");
    }

    /** All jars in its folders are on the class path, so one of an earlier version would join those of this one. */
    @Test
    void buildsWithoutTheJarsOfAnEarlierVersion() throws Exception {
        Path target = directory.resolve("deploy/local/target");
        Files.delete(target.resolve("built"));
        Files.createFile(target.resolve("streamrank-local-0.0.1.jar"));
        buildWith("ls -A > ../../../left");

        Ended demo = run(jdks().get(0), "demo", "--documents=none.json", "--queries=none.txt");

        assertThat(demo.exitCode()).as(demo.err()).isEqualTo(2);
        assertThat(demo.err()).endsWith("none.json does not exist: give a JSON file\n");
        assertThat(directory.resolve("left")).isEmptyFile();
        assertThat(target.resolve("built")).exists();
    }

    @Test
    void ofTwoThatStartAtOnceOneBuildsAndTheOtherWaits() throws Exception {
        Files.delete(directory.resolve("deploy/local/target/built"));
        buildWith("sleep 3; echo built >> ../../../builds");
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<Ended>> both = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                both.add(threads.submit(
                        () -> run(jdks().get(0), "demo", "--documents=none.json", "--queries=none.txt")));
            }
            for (Future<Ended> each : both) {
                assertThat(each.get().exitCode()).as(each.get().err()).isEqualTo(2);
            }
            assertThat(both.get(0).get().err() + both.get(1).get().err())
                    .containsOnlyOnce("waiting for another build of StreamRank\n");
        } finally {
            threads.shutdownNow();
        }
        assertThat(directory.resolve("builds")).hasContent("built");
    }

    /**
     * Puts a Maven before the real one that links what is built already.
     *
     * @param first what it does before that, in the launcher's {@code target}
     */
    private void buildWith(String first) throws IOException {
        Path maven = Files.createDirectory(directory.resolve("bin")).resolve("mvn");
        Files.writeString(maven, """
                #!/usr/bin/env bash
                if [ "$1" = -version ]; then
                  echo "Apache Maven 3.9.9"
                  exit
                fi
                cd deploy/local/target
                %s
                ln -s "%s" lib
                ln -s "%s" .
                """.formatted(first, LIB, jar));
        assertThat(maven.toFile().setExecutable(true)).isTrue();
    }

    private record Ended(int exitCode, String out, String err) {}

    private Ended run(Path jdk, String... args) throws Exception {
        return start(jdk, QUICK, args);
    }

    private Ended start(Path jdk, String options, String... args) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("bash", directory.resolve("streamrank").toString()));
        command.addAll(List.of(args));
        Path out = Files.createTempFile(directory, "out", "");
        Path err = Files.createTempFile(directory, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().put("XDG_CACHE_HOME", directory.resolve("cache").toString());
        builder.environment().put("STREAMRANK_JAVA_OPTS", options);
        builder.environment().put("PATH", directory.resolve("bin") + File.pathSeparator + System.getenv("PATH"));
        Process process = builder.start();
        if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("still running: " + command + Files.readString(err));
        }
        return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    static List<Path> jdks() throws IOException {
        Path own = Path.of(System.getProperty("java.home")).toRealPath();
        List<Path> jdks = new ArrayList<>(List.of(own));
        try (Stream<Path> neighbours = Files.list(own.resolveSibling(""))) {
            for (Path neighbour : neighbours.sorted().toList()) {
                Path jdk = neighbour.toRealPath();
                if (!jdks.contains(jdk) && version(jdk) >= OLDEST) {
                    jdks.add(jdk);
                }
            }
        }
        return jdks;
    }

    /** Returns 0 if it is no JDK. */
    private static int version(Path jdk) throws IOException {
        Path release = jdk.resolve("release");
        if (!Files.exists(release) || !Files.isExecutable(jdk.resolve("bin/javac"))) {
            return 0;
        }
        Matcher version = VERSION.matcher(Files.readString(release));
        return version.find() ? Integer.parseInt(version.group(1)) : 0;
    }
}
