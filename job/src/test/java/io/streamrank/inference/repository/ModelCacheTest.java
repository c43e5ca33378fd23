// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ModelCacheTest {
    private static final int PROCESSES = 2;
    private static final int LOADERS = 2;
    private static final int ROUNDS = 40;

    /** As TaskManagers on one machine do that open an embedder and a reranker at the same time. */
    @Test
    @Timeout(120)
    void processesAndClassLoadersShareTwoDirectories(@TempDir Path directory) throws Exception {
        List<Path> folders = List.of(directory.resolve("embedder"), directory.resolve("reranker"));
        for (Path folder : folders) {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("count"), "0");
        }

        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            processes.add(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            classPath(),
                            Counting.class.getName(),
                            folders.get(0).toString(),
                            folders.get(1).toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("output-" + i).toFile())
                    .start());
        }
        for (int i = 0; i < PROCESSES; i++) {
            assertThat(processes.get(i).waitFor(100, TimeUnit.SECONDS)).isTrue();
            assertThat(directory.resolve("output-" + i)).hasContent("");
        }

        assertThat(folders)
                .allSatisfy(folder ->
                        assertThat(folder.resolve("count")).hasContent(Integer.toString(PROCESSES * LOADERS * ROUNDS)));
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** Reads a number and writes the next one, which loses some unless it is alone. */
    public static final class Counting {
        private Counting() {}

        public static void main(String[] folders) throws Exception {
            URL[] own = {
                ModelCache.class.getProtectionDomain().getCodeSource().getLocation(),
                Counting.class.getProtectionDomain().getCodeSource().getLocation()
            };
            ExecutorService threads = Executors.newCachedThreadPool();
            List<Future<Void>> counts = new ArrayList<>();
            for (int i = 0; i < LOADERS; i++) {
                ClassLoader loader = new URLClassLoader(own, null);
                for (String folder : folders) {
                    counts.add(threads.submit(counting(loader, folder)));
                }
            }
            for (Future<Void> count : counts) {
                count.get();
            }
            threads.shutdown();
        }

        private static Callable<Void> counting(ClassLoader loader, String folder) {
            return () -> {
                loader.loadClass(Counting.class.getName())
                        .getMethod("count", String.class)
                        .invoke(null, folder);
                return null;
            };
        }

        public static void count(String folder) throws IOException {
            Path file = Path.of(folder, "count");
            for (int i = 0; i < ROUNDS; i++) {
                new ModelCache(Path.of(folder)).withLock(() -> {
                    int count = Integer.parseInt(Files.readString(file));
                    return Files.writeString(file, Integer.toString(count + 1));
                });
            }
        }
    }
}
