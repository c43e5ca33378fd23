// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos;

import io.streamrank.config.JobConfig;
import io.streamrank.kafka.KafkaTopics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A broker, a Flink cluster, and the job's settings on both. */
final class JobOnCluster implements AutoCloseable {
    private static final Path MODELS =
            Path.of("..", "models", "golden").toAbsolutePath().normalize();

    private final Broker broker;
    private final ProcessCluster flink;
    private final Map<String, String> settings = new TreeMap<>();

    private JobOnCluster(Broker broker, ProcessCluster flink) {
        this.broker = broker;
        this.flink = flink;
        settings.put("kafka.bootstrap-servers", broker.bootstrapServers());
        settings.put("kafka.topics.partitions", "3");
        settings.put("kafka.topics.replication-factor", "1");
        settings.put("delivery", "exactly-once");
        settings.put("flink.execution.checkpointing.interval", "1 s");
        if (!Boolean.getBoolean("streamrank.chaos.builtin-models")) {
            settings.put(
                    "models.embedder.uri",
                    MODELS.resolve("tiny-bi-encoder").toUri().toString());
            settings.put(
                    "models.reranker.uri",
                    MODELS.resolve("tiny-cross-encoder").toUri().toString());
        }
    }

    /**
     * Starts broker and cluster, with topics and no job.
     *
     * @param name of the folder below target/chaos that has their logs afterwards
     * @param libraries in Flink's lib/ beside its own
     */
    static JobOnCluster start(String name, List<Path> libraries, int taskManagers, Map<String, String> flinkSettings)
            throws Exception {
        Path folder = Path.of("target", "chaos", name).toAbsolutePath();
        delete(folder);
        JvmStart jvm = JvmStart.in(folder);
        Broker broker = Broker.start(folder.resolve("broker"), jvm);
        try {
            ProcessCluster flink = ProcessCluster.start(folder, jvm, libraries, taskManagers, flinkSettings);
            JobOnCluster job = new JobOnCluster(broker, flink);
            new KafkaTopics(JobConfig.of(job.settings, Map.of()).kafka()).ensure();
            return job;
        } catch (Exception e) {
            broker.close();
            throw e;
        }
    }

    Broker broker() {
        return broker;
    }

    ProcessCluster flink() {
        return flink;
    }

    void set(String name, String value) {
        settings.put(name, value);
    }

    /** Submits a bundle and waits until all tasks run. */
    String submit(Path jar, int parallelism, @Nullable String savepoint) throws Exception {
        String job = submitOnly(jar, parallelism, savepoint);
        flink.rest().awaitRunning(job);
        return job;
    }

    /** Submits a bundle, which need not come to run. */
    String submitOnly(Path jar, int parallelism, @Nullable String savepoint) throws Exception {
        List<String> arguments = new ArrayList<>();
        settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        return flink.submit(new Submission(jar, arguments, parallelism, savepoint));
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Override
    public void close() {
        flink.close();
        broker.close();
    }
}
