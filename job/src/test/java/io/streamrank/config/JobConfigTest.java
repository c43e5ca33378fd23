// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.codec.Limits;
import io.streamrank.codec.QueryDefaults;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.PairPolicy;
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
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.environment.CheckpointConfig;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobConfigTest {
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
                                List.of("streamrank-replies"),
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
                        null,
                        ModelSpec.of("builtin:streamrank-minilm-l6-v2"),
                        null,
                        20,
                        BatchPolicy.defaults(),
                        BatchPolicy.defaults(),
                        PairPolicy.defaults(),
                        0,
                        Duration.ofMinutes(2),
                        null,
                        null,
                        null,
                        null,
                        Map.of(
                                "execution.checkpointing.interval", "10 s",
                                "execution.buffer-timeout.interval", "0 ms",
                                "execution.checkpointing.snapshot-compression", "true",
                                "execution.checkpointing.tolerable-failed-checkpoints", "2147483647",
                                "pipeline.generic-types", "false")));
    }

    @Test
    void withoutAnEmbedderTheDimensionIsRequired() {
        Map<String, String> none = Map.of("kafka.bootstrap-servers", "a:1", "models.embedder.uri", "none");
        assertThatThrownBy(() -> JobConfig.of(none, Map.of()))
                .hasMessageContaining("corpus.dimension is required: a whole number from 1 to 4096, such as 384");
        assertThatThrownBy(() ->
                        JobConfig.of(Map.of("kafka.bootstrap-servers", "a:1", "corpus.dimension", "384"), Map.of()))
                .hasMessageContaining(
                        "corpus.dimension must not be set unless models.embedder.uri is none: the embedder"
                                + " decides how many values a vector has");

        JobConfig config = JobConfig.of(
                Map.of("kafka.bootstrap-servers", "a:1", "models.embedder.uri", "none", "corpus.dimension", "256"),
                Map.of());

        assertThat(config.dimension()).isEqualTo(256);
        assertThat(config.models().hasEmbedder()).isFalse();
        assertThatThrownBy(() -> config.models().openEmbedder())
                .hasMessage(
                        "there is no embedder to compute a vector with (models.embedder.uri is none): give documents"
                                + " and queries vectors of 256 numbers, or set models.embedder.uri to a model");
    }

    @Test
    void withoutAnInvertedIndexQueriesAreDense() {
        Map<String, String> hybrid = Map.of(
                "kafka.bootstrap-servers", "a:1", "retrieval.mode", "hybrid", "retrieval.sparse.enabled", "false");
        assertThatThrownBy(() -> JobConfig.of(hybrid, Map.of()))
                .hasMessageContaining("retrieval.mode must be dense without an inverted index"
                        + " (retrieval.sparse.enabled is false): hybrid");
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
    void anEmptyVariableIsAsGoodAsNoneWhereADefaultIsWritten() {
        JobConfig config = JobConfig.of(
                Map.of(
                        "kafka.bootstrap-servers", "${HOST:-broker}:9092",
                        "query.top-n", "${env:TOP_N:-7}",
                        "models.embedder.query-prefix", "${PREFIX}"),
                Map.of("HOST", "", "TOP_N", "", "PREFIX", ""));

        assertThat(config.kafka().bootstrapServers()).isEqualTo("broker:9092");
        assertThat(config.query().topN()).isEqualTo(7);
        assertThat(config.embedder().queryPrefix()).isEmpty();
    }

    @Test
    void itemsOfAListMayStandInQuotes() {
        JobConfig config = JobConfig.of(
                Map.of(
                        "kafka.bootstrap-servers", "a:1",
                        "documents.embed-fields", "[\"title\", 'body' , \"\", x\"y\", '\"']",
                        "documents.rank-fields", "\"title\""),
                Map.of());

        assertThat(config.corpus().embedText().fields()).containsExactly("title", "body", "x\"y\"", "\"");
        assertThat(config.rerank().rankText().fields()).containsExactly("title");
    }

    @Test
    void aSizeWithoutAUnitIsTakenInBytesWhereItCannotMeanMegabytes() {
        JobConfig config = JobConfig.of(
                Map.of(
                        "kafka.bootstrap-servers", "a:1",
                        "rerank.score-cache-size", "0",
                        "rerank.token-cache-size", "1024",
                        "limits.metadata-size", "512 bytes"),
                Map.of());

        assertThat(config.pairs().scoreCacheBytes()).isZero();
        assertThat(config.pairs().tokenCacheBytes()).isEqualTo(1024);
        assertThat(config.limits().metadataBytes()).isEqualTo(512);
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
