// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamrank.RerankJob;
import io.streamrank.config.JobConfig;
import io.streamrank.kafka.TopicCreator;
import io.streamrank.local.cluster.LocalCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * The job, with the built-in models, on a Flink cluster in this JVM, against any broker; and a client of its topics.
 */
final class RunningJob implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();
    /** Only a hanging test gets here. */
    static final Duration PATIENCE = Duration.ofMinutes(3);

    private final String bootstrapServers;
    private final Map<String, String> settings;
    private final int restPort = SecureKafka.freePorts(1).get(0);
    private final LocalCluster cluster;
    private final KafkaProducer<byte[], byte[]> producer;
    private @Nullable JobGraph jobGraph;
    private @Nullable JobClient job;

    RunningJob(String bootstrapServers, Map<String, String> overrides) throws Exception {
        this.bootstrapServers = bootstrapServers;
        settings = new HashMap<>(Map.of(
                "kafka.bootstrap-servers",
                bootstrapServers,
                "kafka.topics.partitions",
                "3",
                "kafka.topics.replication-factor",
                "1",
                "flink.execution.checkpointing.interval",
                "200 ms"));
        settings.putAll(overrides);
        cluster = LocalCluster.start(2, new Configuration().set(RestOptions.BIND_PORT, Integer.toString(restPort)));
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        16 << 20,
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        64L << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    JobConfig config() {
        return JobConfig.of(settings, Map.of());
    }

    /** Creates the topics without starting the job. */
    void createTopics() throws Exception {
        new TopicCreator(config().kafka()).createMissing();
    }

    void submit() throws Exception {
        submit(new Configuration());
    }

    /** Starts the job from a checkpoint or savepoint. */
    void submitFrom(Path checkpoint) throws Exception {
        Configuration recovery = new Configuration();
        recovery.set(StateRecoveryOptions.SAVEPOINT_PATH, checkpoint.toUri().toString());
        submit(recovery);
    }

    private void submit(Configuration recovery) throws Exception {
        JobConfig config = config();
        StreamExecutionEnvironment env = cluster.environment();
        Configuration flink = config.flinkConfiguration();
        flink.addAll(recovery);
        env.configure(flink);
        RerankJob.connect(env, config);
        StreamGraph graph = env.getStreamGraph();
        jobGraph = graph.getJobGraph();
        job = env.executeAsync(graph);
    }

    /** What the cluster was given, as it travels there. */
    byte[] serializedJobGraph() throws IOException {
        return InstantiationUtil.serializeObject(Objects.requireNonNull(jobGraph));
    }

    /** Ends the job as a crash would: nothing is committed, no savepoint is taken. */
    void cancel() throws Exception {
        Objects.requireNonNull(job).cancel().get();
        job.getJobExecutionResult().handle((result, cancelled) -> true).get();
    }

    /** Lets the job end what it has begun, and itself; its topics hold all then that will ever come. */
    void drain() throws Exception {
        JobClient draining = Objects.requireNonNull(job);
        String folder = cluster.directory().resolve("drained").toUri().toString();
        draining.stopWithSavepoint(true, folder, SavepointFormatType.CANONICAL).get();
        draining.getJobExecutionResult().get();
    }

    /** Takes a savepoint below the folder and returns where; the job goes on. */
    String savepoint(Path folder) throws Exception {
        return Objects.requireNonNull(job)
                .triggerSavepoint(folder.toUri().toString(), SavepointFormatType.CANONICAL)
                .get();
    }

    /** Waits until a checkpoint holds that so many records of a topic's first partition have been read. */
    void awaitRead(String topic, long records) {
        TopicPartition partition = new TopicPartition(topic, 0);
        try (Admin admin =
                Admin.create(Map.<String, Object>of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            Awaitility.await(records + " records of " + topic + " to be read")
                    .atMost(PATIENCE)
                    .until(() -> {
                        OffsetAndMetadata read = admin.listConsumerGroupOffsets(
                                        config().kafka().groupId())
                                .partitionsToOffsetAndMetadata()
                                .get()
                                .get(partition);
                        return read != null && read.offset() == records;
                    });
        }
    }

    JobStatus status() throws Exception {
        return Objects.requireNonNull(job).getJobStatus().get();
    }

    /** Of Flink's REST interface; JOB in the path stands for the job's id. */
    URI rest(String path) {
        String id = Objects.requireNonNull(job).getJobID().toHexString();
        return URI.create("http://localhost:" + restPort + path.replace("JOB", id));
    }

    LocalCluster cluster() {
        return cluster;
    }

    void send(String topic, @Nullable String key, @Nullable String value, Header... headers) {
        send(topic, key, value == null ? null : value.getBytes(StandardCharsets.UTF_8), headers);
    }

    void send(String topic, @Nullable String key, byte @Nullable [] value, Header... headers) {
        producer.send(new ProducerRecord<>(
                topic, null, null, key == null ? null : key.getBytes(StandardCharsets.UTF_8), value, List.of(headers)));
    }

    void flush() {
        producer.flush();
    }

    /**
     * Reads committed records of a topic until there are so many, and on to where it ends then. More may come, as long
     * as the job has not been drained.
     */
    List<ConsumerRecord<byte[], byte[]>> read(String topic, int expected) {
        return CommittedRecords.read(bootstrapServers, topic, expected);
    }

    /** Waits until some answers are committed. */
    void awaitAnswers(String topic, int some) {
        if (read(topic, some).size() < some) {
            throw new AssertionError("fewer than " + some + " answers after " + PATIENCE);
        }
    }

    /** Answers by id, each there once. */
    Map<String, JsonNode> answers(String topic, int expected) {
        return byId(read(topic, expected));
    }

    static Map<String, JsonNode> byId(List<ConsumerRecord<byte[], byte[]>> records) {
        Map<String, JsonNode> answers = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            JsonNode answer = json(record.value());
            if (answers.put(answer.path("id").asText(), answer) != null) {
                throw new AssertionError("answered twice: " + answer);
            }
        }
        return answers;
    }

    static JsonNode json(byte[] value) {
        try {
            return JSON.readTree(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> ids(JsonNode answer) {
        List<String> ids = new ArrayList<>();
        answer.path("results").forEach(hit -> ids.add(hit.path("id").asText()));
        return ids;
    }

    @Override
    public void close() throws Exception {
        producer.close(Duration.ZERO);
        cluster.close();
    }
}
