// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.codec.Limits;
import io.streamrank.codec.QueryDefaults;
import io.streamrank.config.option.Option;
import io.streamrank.config.option.Section;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.LongDocuments;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.inference.repository.Device;
import io.streamrank.inference.repository.ModelSpec;
import io.streamrank.kafka.KafkaConfig;
import io.streamrank.kafka.KafkaConfig.StartAt;
import io.streamrank.operator.corpus.CorpusConfig;
import io.streamrank.operator.query.RerankConfig;
import io.streamrank.state.TextTemplate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.operators.SlotSharingGroup;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.environment.CheckpointConfig;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobConfigTest {
    private static final String SHA = "0123456789abcdef".repeat(4);

    /** Every option, none at its default. */
    private static final String EVERYTHING = """
            kafka:
              bootstrap-servers: a:1, b:2
              group-id: g
              topics: {documents: d, queries: q, results: r, dead-letters: x, create: false, partitions: 12, replication-factor: 3}
              reply-topics: [replies, to-*]
              queries.start: latest
              transactional-id-prefix: t
              transaction-timeout: 14 min
              properties:
                security.protocol: SSL
                ssl.key.password: ${env:KEY_PASSWORD}
              consumer.max.poll.records: 7
              producer: {linger.ms: 9}
            delivery: exactly-once
            documents: {embed-fields: [title], rank-fields: "title, body", text-style: labelled, field-chars: 99}
            corpus: {max-documents: 5, wait-until-loaded: false, wait-timeout: 2 min, max-waiting-queries: 7, tombstone-retention: 3 h}
            query:
              {collection: movies, candidates: 20, top-n: 4, return-documents: true, return-logits: true, timeout: 750 ms}
            rerank: {drop-duplicates: false, retrieval-weight: 2.5, cascade-keep: 19, capacity: 11, timeout: 4 s,
              max-batch-tokens: 101, max-batch-items: 102, max-delay: 3 ms, workers: 6, max-queued-tokens: 104,
              long-documents: chunk, chunk-stride: 31, max-chunks: 32, token-cache-size: 7 mb, score-cache-size: 6 kb,
              slot: {gpus: 2, cpus: 4, heap: 900 mb, off-heap: 800 mb}}
            rest.slot: {cpus: 5, heap: 901 mb, off-heap: 801 mb, managed: 12 mb}
            embed: {max-batch-tokens: 201, max-batch-items: 202, max-delay: 5 ms, workers: 7, max-queued-tokens: 204}
            models:
              embedder:
                uri: hf:org/e@main
                file: e.onnx
                max-tokens: 128
                query-prefix: "query: "
                passage-prefix: "passage: "
                pooling: mean
                sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
              reranker:
                uri: s3://bucket/r
                file: r.onnx
                max-tokens: 256
                sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
              cascade: {uri: "file:/c", file: c.onnx, max-tokens: 64,
                sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef}
              device: cuda:3
              workers: 3
              run-timeout: 6 min
              cache-dir: /cache
              download-timeout: 8 min
            limits: {record-size: 2 mb, query-chars: 1001, inline-documents: 1002, fields: 1003, field-chars: 1004,
              metadata-size: 5 kb, filter-depth: 6, filter-conditions: 77, candidates: 1007, top-n: 1008}
            flink: {execution.checkpointing.interval: 5 s, parallelism.default: 2, restart-strategy.type: fixed-delay}
            """;

    @TempDir
    Path directory;

    @Test
    void defaultsAreThoseOfTheRecords() {
        JobConfig config = JobConfig.of(Map.of("kafka.bootstrap-servers", "broker:9092"), Map.of());

        assertThat(config)
                .isEqualTo(new JobConfig(
                        new KafkaConfig(
                                "broker:9092",
                                "streamrank",
                                "documents",
                                "queries",
                                "ranked-results",
                                "dead-letters",
                                List.of(),
                                StartAt.COMMITTED,
                                true,
                                4,
                                -1,
                                false,
                                "streamrank",
                                Duration.ofMinutes(10),
                                Map.of(),
                                Map.of(),
                                Map.of()),
                        Limits.defaults(),
                        QueryDefaults.defaults(),
                        CorpusConfig.defaults(),
                        new RerankConfig(TextTemplate.defaults(), true, 15, 256, Duration.ofSeconds(30)),
                        ModelSpec.of("builtin:bge-small-en-v1.5"),
                        ModelSpec.of("builtin:streamrank-minilm-l6-v1"),
                        null,
                        20,
                        BatchPolicy.defaults(),
                        BatchPolicy.defaults(),
                        PairPolicy.defaults(),
                        0,
                        Duration.ofMinutes(2),
                        null,
                        Map.of(
                                "execution.checkpointing.interval", "10 s",
                                "execution.buffer-timeout.interval", "0 ms",
                                "execution.checkpointing.tolerable-failed-checkpoints", "2147483647",
                                "pipeline.generic-types", "false")));
    }

    @Test
    void everyOptionReachesItsRecord() throws Exception {
        JobConfig config = JobConfig.load("--config", write(EVERYTHING).toString());

        TextTemplate embed = new TextTemplate(List.of("title"), true, 99);
        TextTemplate rank = new TextTemplate(List.of("title", "body"), true, 99);
        Duration download = Duration.ofMinutes(8);
        assertThat(config)
                .isEqualTo(new JobConfig(
                        new KafkaConfig(
                                "a:1, b:2",
                                "g",
                                "d",
                                "q",
                                "r",
                                "x",
                                List.of("replies", "to-*"),
                                StartAt.LATEST,
                                false,
                                12,
                                3,
                                true,
                                "t",
                                Duration.ofMinutes(14),
                                Map.of("security.protocol", "SSL", "ssl.key.password", "${env:KEY_PASSWORD}"),
                                Map.of("max.poll.records", "7"),
                                Map.of("linger.ms", "9")),
                        new Limits(2 << 20, 1001, 1002, 1003, 1004, 5 << 10, 6, 77, 1007, 1008),
                        new QueryDefaults("movies", 20, 4, true, true, 750),
                        new CorpusConfig(embed, 5, false, Duration.ofMinutes(2), 7, Duration.ofHours(3)),
                        new RerankConfig(rank, false, 2.5, 11, Duration.ofSeconds(4)),
                        new ModelSpec(
                                "hf:org/e@main",
                                "e.onnx",
                                128,
                                "query: ",
                                "passage: ",
                                "mean",
                                SHA,
                                "/cache",
                                download,
                                new Device(Device.Kind.CUDA, 3)),
                        new ModelSpec(
                                "s3://bucket/r",
                                "r.onnx",
                                256,
                                null,
                                null,
                                null,
                                SHA,
                                "/cache",
                                download,
                                new Device(Device.Kind.CUDA, 3)),
                        new ModelSpec(
                                "file:/c",
                                "c.onnx",
                                64,
                                null,
                                null,
                                null,
                                SHA,
                                "/cache",
                                download,
                                new Device(Device.Kind.CUDA, 3)),
                        19,
                        new BatchPolicy(201, 202, Duration.ofMillis(5), 7, 204),
                        new BatchPolicy(101, 102, Duration.ofMillis(3), 6, 104),
                        new PairPolicy(7 << 20, 6 << 10, LongDocuments.CHUNK, 31, 32),
                        3,
                        Duration.ofMinutes(6),
                        new Slots(
                                SlotSharingGroup.newBuilder("rerank")
                                        .setCpuCores(4)
                                        .setTaskHeapMemoryMB(900)
                                        .setTaskOffHeapMemory(MemorySize.ofMebiBytes(800))
                                        .setExternalResource("gpu", 2)
                                        .build(),
                                SlotSharingGroup.newBuilder("default")
                                        .setCpuCores(5)
                                        .setTaskHeapMemoryMB(901)
                                        .setTaskOffHeapMemory(MemorySize.ofMebiBytes(801))
                                        .setManagedMemory(MemorySize.ofMebiBytes(12))
                                        .build()),
                        Map.of(
                                "execution.checkpointing.interval", "5 s",
                                "execution.buffer-timeout.interval", "0 ms",
                                "execution.checkpointing.mode", "EXACTLY_ONCE",
                                "execution.checkpointing.tolerable-failed-checkpoints", "0",
                                "parallelism.default", "2",
                                "restart-strategy.type", "fixed-delay",
                                "pipeline.generic-types", "false")));
    }

    @Test
    void theSampleAboveLeavesNoOptionOut() throws Exception {
        Map<String, String> sample = SettingsFile.read(write(EVERYTHING));

        assertThat(JobOptions.SECTIONS)
                .flatExtracting(Section::options)
                .allSatisfy(option -> assertThat(sample).containsKey(((Option<?>) option).key()));
    }

    @Test
    void setWinsOverTheFileAndTheLastSetWins() throws Exception {
        String file = write("kafka.bootstrap-servers: a:1\nquery: {top-n: 3, candidates: 30}")
                .toString();

        JobConfig config = JobConfig.load("--set", "query.top-n=4", "--config=" + file, "--set=query.top-n=5");

        assertThat(config.query().topN()).isEqualTo(5);
        assertThat(config.query().candidates()).isEqualTo(30);
    }

    @Test
    void environmentVariablesStandInValues() {
        JobConfig config = JobConfig.of(
                Map.of(
                        "kafka.bootstrap-servers", "${HOST}:${env:PORT}",
                        "query.top-n", "${TOP_N:-7}",
                        "flink.state.checkpoints.dir", "s3://${BUCKET}/checkpoints"),
                Map.of("HOST", "broker", "PORT", "9092", "BUCKET", "b"));

        assertThat(config.kafka().bootstrapServers()).isEqualTo("broker:9092");
        assertThat(config.query().topN()).isEqualTo(7);
        assertThat(config.flink()).containsEntry("state.checkpoints.dir", "s3://b/checkpoints");
    }

    @Test
    void transactionsAreNamedAfterTheGroupUnlessSaidOtherwise() {
        JobConfig config = JobConfig.of(
                Map.of("kafka.bootstrap-servers", "a:1", "kafka.group-id", "shop", "delivery", "exactly-once"),
                Map.of());

        assertThat(config.kafka().transactionalIdPrefix()).isEqualTo("shop");
        assertThat(config.kafka().exactlyOnce()).isTrue();
    }

    @Test
    void aClusterCannotMakeLessOfExactlyOnceNorCheckpointsMoreOfAtLeastOnce() {
        Configuration cluster = Configuration.fromMap(Map.of(
                "execution.checkpointing.mode", "AT_LEAST_ONCE",
                "execution.checkpointing.tolerable-failed-checkpoints", "3"));

        CheckpointConfig exactlyOnce = checkpoints(cluster, Map.of("delivery", "exactly-once"));
        CheckpointConfig atLeastOnce = checkpoints(cluster, Map.of());
        CheckpointConfig asSet =
                checkpoints(cluster, Map.of("flink.execution.checkpointing.tolerable-failed-checkpoints", "5"));

        assertThat(exactlyOnce.getCheckpointingConsistencyMode()).isEqualTo(CheckpointingMode.EXACTLY_ONCE);
        assertThat(exactlyOnce.getTolerableCheckpointFailureNumber()).isZero();
        assertThat(atLeastOnce.getCheckpointingConsistencyMode()).isEqualTo(CheckpointingMode.AT_LEAST_ONCE);
        assertThat(atLeastOnce.getTolerableCheckpointFailureNumber()).isEqualTo(Integer.MAX_VALUE);
        assertThat(asSet.getTolerableCheckpointFailureNumber()).isEqualTo(5);
    }

    /** As the job's settings come over the cluster's. */
    private static CheckpointConfig checkpoints(Configuration cluster, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("kafka.bootstrap-servers", "a:1");
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(cluster);
        env.configure(JobConfig.of(all, Map.of()).flinkConfiguration());
        return env.getCheckpointConfig();
    }

    @Test
    void emptyPrefixIsNotTheModelsOwn() {
        JobConfig config =
                JobConfig.of(Map.of("kafka.bootstrap-servers", "a:1", "models.embedder.query-prefix", ""), Map.of());

        assertThat(config.embedder().queryPrefix()).isEmpty();
        assertThat(config.embedder().passagePrefix()).isNull();
    }

    @Test
    void printingItShowsNoClientSetting() {
        JobConfig config = JobConfig.of(
                Map.of(
                        "kafka.bootstrap-servers", "a:1",
                        "kafka.properties.client.rack", "hush-1",
                        "kafka.consumer.client.id", "hush-2",
                        "kafka.producer.client.id", "hush-3"),
                Map.of());

        assertThat(config.toString()).contains("client.rack", "client.id").doesNotContain("hush");
    }

    private Path write(String yaml) throws Exception {
        return Files.writeString(directory.resolve("streamrank.yaml"), yaml);
    }

    @Test
    void retrievalHasASayOnlyBesideTheBuiltInModelsUnlessToldSo() {
        assertThat(retrievalWeight(Map.of())).isEqualTo(15);
        assertThat(retrievalWeight(Map.of("models.reranker.uri", "hf:org/name")))
                .isZero();
        assertThat(retrievalWeight(Map.of("models.embedder.uri", "hf:org/name")))
                .isZero();
        assertThat(retrievalWeight(Map.of("rerank.retrieval-weight", "1.5"))).isEqualTo(1.5);
    }

    private static double retrievalWeight(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("kafka.bootstrap-servers", "localhost:9092");
        return JobConfig.of(all, Map.of()).rerank().retrievalWeight();
    }
}
