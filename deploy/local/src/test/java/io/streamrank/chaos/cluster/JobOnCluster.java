// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.cluster;

import io.streamrank.config.JobConfig;
import io.streamrank.kafka.TopicCreator;
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
public final class JobOnCluster implements AutoCloseable {
    private static final Path MODELS =
            Path.of("..", "models", "golden").toAbsolutePath().normalize();

    private final Broker broker;
    private final ProcessCluster flink;
    private final Map<String, String> settings;

    private JobOnCluster(Broker broker, ProcessCluster flink, Map<String, String> settings) {
        this.broker = broker;
        this.flink = flink;
        this.settings = settings;
    }

    private static Map<String, String> settings(Broker broker) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("kafka.bootstrap-servers", broker.bootstrapServers());
        settings.put("kafka.topics.partitions", "3");
        settings.put("kafka.topics.replication-factor", "1");
        settings.put("delivery", "exactly-once");
        settings.put("flink.execution.checkpointing.interval", "1 s");
        settings.put("rerank.timeout", "10 min"); // no answer is cut short, and none refused, while the job recovers
        if (!Boolean.getBoolean("streamrank.chaos.builtin-models")) {
            settings.put(
                    "models.embedder.uri",
                    MODELS.resolve("tiny-bi-encoder").toUri().toString());
            settings.put(
                    "models.reranker.uri",
                    MODELS.resolve("tiny-cross-encoder").toUri().toString());
        }
        return settings;
    }

    /**
     * Starts a broker and a session cluster, with topics and no job.
     *
     * @param name of the folder below target/chaos that has their logs afterwards
     * @param libraries in Flink's lib/ beside its own
     */
    public static JobOnCluster start(
            String name, List<Path> libraries, int taskManagers, Map<String, String> flinkSettings) throws Exception {
        return start(name, libraries, false, taskManagers, flinkSettings);
    }

    /** Starts a broker, with topics, and a cluster in application mode, which starts the job by itself. */
    public static JobOnCluster startApplication(String name, int taskManagers, Map<String, String> flinkSettings)
            throws Exception {
        return start(name, Jars.clusterLibraries(), true, taskManagers, flinkSettings);
    }

    private static JobOnCluster start(
            String name, List<Path> libraries, boolean application, int taskManagers, Map<String, String> flinkSettings)
            throws Exception {
        Path folder = Path.of("target", "chaos", name).toAbsolutePath();
        delete(folder);
        JvmStart jvm = JvmStart.in(folder);
        Broker broker = Broker.start(folder.resolve("broker"), jvm);
        try {
            Map<String, String> settings = settings(broker);
            new TopicCreator(JobConfig.of(settings, Map.of()).kafka()).createMissing();
            if (application) {
                Path thin = Jars.bundle("thin");
                Files.copy(thin, Files.createDirectory(folder.resolve("usrlib")).resolve(thin.getFileName()));
            }
            List<String> entryPoint =
                    application ? ProcessCluster.application(arguments(settings)) : ProcessCluster.session();
            return new JobOnCluster(
                    broker,
                    ProcessCluster.start(folder, jvm, libraries, entryPoint, taskManagers, flinkSettings),
                    settings);
        } catch (Exception e) {
            broker.close();
            throw e;
        }
    }

    public Broker broker() {
        return broker;
    }

    public ProcessCluster flink() {
        return flink;
    }

    public void set(String name, String value) {
        settings.put(name, value);
    }

    /** Submits a bundle and waits until all tasks run. */
    public String submit(Path jar, int parallelism, @Nullable String savepoint) throws Exception {
        String job = submitOnly(jar, parallelism, savepoint);
        flink.rest().awaitRunning(job);
        return job;
    }

    /** Submits a bundle, which need not come to run. */
    public String submitOnly(Path jar, int parallelism, @Nullable String savepoint) throws Exception {
        return flink.submit(new Submission(jar, arguments(settings), parallelism, savepoint));
    }

    /** Stops a job, which must come to its end, and returns the savepoint. */
    public String stop(String job) throws Exception {
        String savepoint = flink.rest().stop(job, flink.savepoints());
        flink.rest().awaitState(job, "FINISHED");
        return savepoint;
    }

    private static List<String> arguments(Map<String, String> settings) {
        List<String> arguments = new ArrayList<>();
        settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        return arguments;
    }

    /** With all that is in it. */
    public static void delete(Path folder) throws IOException {
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
