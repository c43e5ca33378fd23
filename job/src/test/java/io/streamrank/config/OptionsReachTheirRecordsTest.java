// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.streamrank.config.option.Option;
import io.streamrank.config.option.Section;
import io.streamrank.event.RetrievalMode;
import io.streamrank.inference.OwnVectors;
import io.streamrank.inference.endpoint.SecretReference;
import io.streamrank.inference.hosted.HostedSpec;
import io.streamrank.inference.model.LongDocuments;
import io.streamrank.inference.repository.Device;
import io.streamrank.inference.repository.ModelSpec;
import io.streamrank.kafka.KafkaConfig.StartAt;
import io.streamrank.operator.corpus.CorpusPlacement;
import io.streamrank.operator.query.ReplyConfig;
import io.streamrank.retrieval.sparse.TextLanguage;
import io.streamrank.state.TextTemplate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.flink.api.common.operators.SlotSharingGroup;
import org.apache.flink.configuration.MemorySize;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each option, written in a file, arrives in the record that it is meant for. */
class OptionsReachTheirRecordsTest {
    private static final String SHA = "0123456789abcdef".repeat(4);
    private static final SlotSharingGroup RERANK_SLOT = SlotSharingGroup.newBuilder("rerank")
            .setCpuCores(4)
            .setTaskHeapMemoryMB(900)
            .setTaskOffHeapMemory(MemorySize.ofMebiBytes(800))
            .setExternalResource("gpu", 2)
            .build();
    private static final SlotSharingGroup REST_SLOT = SlotSharingGroup.newBuilder("default")
            .setCpuCores(5)
            .setTaskHeapMemoryMB(901)
            .setTaskOffHeapMemory(MemorySize.ofMebiBytes(801))
            .setManagedMemory(MemorySize.ofMebiBytes(12))
            .build();
    private static final Map<String, String> FLINK = Map.of(
            "execution.checkpointing.interval", "5 s",
            "execution.buffer-timeout.interval", "0 ms",
            "execution.checkpointing.snapshot-compression", "true",
            "execution.checkpointing.mode", "EXACTLY_ONCE",
            "execution.checkpointing.tolerable-failed-checkpoints", "0",
            "parallelism.default", "2",
            "restart-strategy.type", "fixed-delay",
            "pipeline.generic-types", "false");

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
            documents: {embed-fields: [title], rank-fields: "title, body", sparse-fields: [body], text-style: labelled,
              field-chars: 99}
            retrieval: {mode: hybrid, sparse: {language: german, k1: 0.9, b: 0.4}}
            corpus: {shard-timeout: 3 min, max-documents: 5, wait-until-loaded: false, wait-timeout: 2 min, max-waiting-queries: 7, tombstone-retention: 3 h}
            query:
              {collection: movies, candidates: 20, top-n: 4, return-documents: true, return-logits: true, timeout: 750 ms}
            rerank: {drop-duplicates: false, retrieval-weight: 2.5, cascade-keep: 19, capacity: 11, timeout: 4 s,
              max-batch-tokens: 101, max-batch-items: 102, max-delay: 3 ms, workers: 6, max-queued-tokens: 104,
              long-documents: chunk, chunk-stride: 31, max-chunks: 32, token-cache-size: 7 mb, score-cache-size: 6 kb,
              document-cache-size: 5 mb,
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
                activation: none
                sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
              cascade: {uri: "file:/c", file: c.onnx, max-tokens: 64, activation: sigmoid,
                sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef}
              device: cuda:3
              gpu-memory: 5 mb
              workers: 3
              run-timeout: 6 min
              cache-dir: /cache
              download-timeout: 8 min
            limits: {record-size: 2 mb, query-chars: 1001, inline-documents: 1002, fields: 1003, field-chars: 1004,
              metadata-size: 5 kb, filter-depth: 6, filter-conditions: 77, candidates: 1007, top-n: 1008}
            flink: {execution.checkpointing.interval: 5 s, parallelism.default: 2, restart-strategy.type: fixed-delay}
            """;

    /** The options that do not go with those of models that the job loads. */
    private static final String HOSTED = """
            kafka.bootstrap-servers: a:1
            %s
            models:
              embedder: {uri: "openai:e", endpoint: "http://e:1", api-key: "${env:E}", requests-per-minute: 11,
                tokens-per-minute: 12, max-in-flight: 13, request-timeout: 14 s, dimensions: 15}
              reranker: {uri: "cohere:r", endpoint: "http://r:2", api-key: "${file:/keys:r}", requests-per-minute: 21,
                tokens-per-minute: 22, max-in-flight: 23, request-timeout: 24 s}
            """;

    private static final String REPLY = """
            reply: {endpoint: "http://l:1/v1", model: m, api-key: "${env:R}", timeout: 31 s, documents: 32,
              max-source-chars: 333, min-score: 0.34, max-tokens: 35, max-tokens-field: max_completion_tokens,
              temperature: 0.36, max-in-flight: 37, max-waiting: 38}
            """;

    @TempDir
    static Path directory;

    private static Path file;
    /** It has no modes but one, so it stands in a file of its own. */
    private static final Map<String, String> SHARDED = Map.of(
            "kafka.bootstrap-servers", "a:1", "corpus.placement", "sharded", "retrieval.sparse.enabled", "false");

    /** No embedder, so it stands in a file with none of an embedder's options. */
    private static final Map<String, String> OWN_VECTORS =
            Map.of("kafka.bootstrap-servers", "broker:9092", "models.embedder.uri", "none", "corpus.dimension", "17");

    private static Path hostedFile;
    private static JobConfig config;
    private static JobConfig hosted;

    @BeforeAll
    static void load() throws Exception {
        file = Files.writeString(directory.resolve("streamrank.yaml"), EVERYTHING);
        config = JobConfig.load("--config", file.toString());
        hostedFile = Files.writeString(directory.resolve("hosted.yaml"), HOSTED.formatted(REPLY));
        hosted = JobConfig.load("--config", hostedFile.toString());
    }

    static Stream<Arguments> options() {
        return Stream.of(
                option("kafka.bootstrap-servers", config -> config.kafka().bootstrapServers(), "a:1, b:2"),
                option("kafka.group-id", config -> config.kafka().groupId(), "g"),
                option("kafka.topics.documents", config -> config.kafka().documentsTopic(), "d"),
                option("kafka.topics.queries", config -> config.kafka().queriesTopic(), "q"),
                option("kafka.topics.results", config -> config.kafka().resultsTopic(), "r"),
                option("kafka.topics.dead-letters", config -> config.kafka().deadLettersTopic(), "x"),
                option("kafka.topics.create", config -> config.kafka().createTopics(), false),
                option("kafka.topics.partitions", config -> config.kafka().newTopicPartitions(), 12),
                option(
                        "kafka.topics.replication-factor",
                        config -> config.kafka().newTopicReplication(),
                        3),
                option("kafka.reply-topics", config -> config.kafka().replyTopics(), List.of("replies", "to-*")),
                option("kafka.queries.start", config -> config.kafka().queriesStart(), StartAt.LATEST),
                option("kafka.transactional-id-prefix", config -> config.kafka().transactionalIdPrefix(), "t"),
                option(
                        "kafka.transaction-timeout",
                        config -> config.kafka().transactionTimeout(),
                        Duration.ofMinutes(14)),
                option(
                        "kafka.properties.*",
                        config -> config.kafka().properties(),
                        Map.of("security.protocol", "SSL", "ssl.key.password", "${env:KEY_PASSWORD}")),
                option(
                        "kafka.consumer.*",
                        config -> config.kafka().consumerProperties(),
                        Map.of("max.poll.records", "7")),
                option("kafka.producer.*", config -> config.kafka().producerProperties(), Map.of("linger.ms", "9")),
                option("delivery", config -> config.kafka().exactlyOnce(), true),
                option(
                        "documents.embed-fields",
                        config -> config.corpus().embedText().fields(),
                        List.of("title")),
                option(
                        "documents.rank-fields",
                        config -> config.rerank().rankText().fields(),
                        List.of("title", "body")),
                option(
                        "documents.text-style",
                        config -> config.corpus().embedText().labelled(),
                        true),
                option(
                        "documents.text-style",
                        config -> config.rerank().rankText().labelled(),
                        true),
                option(
                        "documents.field-chars",
                        config -> config.corpus().embedText().fieldChars(),
                        99),
                option(
                        "documents.field-chars",
                        config -> config.rerank().rankText().fieldChars(),
                        99),
                option(
                        "documents.sparse-fields",
                        config -> config.corpus().sparse().text(),
                        new TextTemplate(List.of("body"), false, 99)),
                option("retrieval.mode", config -> config.query().retrieval(), RetrievalMode.HYBRID),
                option(
                        "retrieval.sparse.language",
                        config -> config.corpus().sparse().language(),
                        TextLanguage.GERMAN),
                option(
                        "retrieval.sparse.k1",
                        config -> config.corpus().sparse().bm25().k1(),
                        0.9f),
                option(
                        "retrieval.sparse.b",
                        config -> config.corpus().sparse().bm25().b(),
                        0.4f),
                argumentSet(
                        "retrieval.sparse.enabled",
                        (Function<JobConfig, Object>) any -> JobConfig.of(SHARDED, Map.of())
                                .corpus()
                                .sparse()
                                .enabled(),
                        false),
                argumentSet(
                        "corpus.placement",
                        (Function<JobConfig, Object>)
                                any -> JobConfig.of(SHARDED, Map.of()).corpus().placement(),
                        CorpusPlacement.SHARDED),
                option("corpus.shard-timeout", config -> config.corpus().shardTimeout(), Duration.ofMinutes(3)),
                option("corpus.max-documents", config -> config.corpus().maxDocuments(), 5),
                argumentSet(
                        "corpus.dimension",
                        (Function<JobConfig, Object>) any ->
                                JobConfig.of(OWN_VECTORS, Map.of()).models().embedder(),
                        new OwnVectors(17)),
                option("corpus.wait-until-loaded", config -> config.corpus().waitUntilLoaded(), false),
                option("corpus.wait-timeout", config -> config.corpus().waitTimeout(), Duration.ofMinutes(2)),
                option("corpus.max-waiting-queries", config -> config.corpus().maxWaitingQueries(), 7),
                option(
                        "corpus.tombstone-retention",
                        config -> config.corpus().tombstoneRetention(),
                        Duration.ofHours(3)),
                option("query.collection", config -> config.query().collection(), "movies"),
                option("query.candidates", config -> config.query().candidates(), 20),
                option("query.top-n", config -> config.query().topN(), 4),
                option("query.return-documents", config -> config.query().returnDocuments(), true),
                option("query.return-logits", config -> config.query().returnLogits(), true),
                option("query.timeout", config -> config.query().timeoutMs(), 750L),
                option("rerank.drop-duplicates", config -> config.rerank().dropDuplicates(), false),
                option("rerank.retrieval-weight", config -> config.rerank().retrievalWeight(), 2.5),
                option("rerank.cascade-keep", config -> config.cascadeKeep(), 19),
                option("rerank.capacity", config -> config.rerank().capacity(), 11),
                option("rerank.timeout", config -> config.rerank().timeout(), Duration.ofSeconds(4)),
                option("rerank.max-batch-tokens", config -> config.reranking().maxTokens(), 101),
                option("rerank.max-batch-items", config -> config.reranking().maxItems(), 102),
                option("rerank.max-delay", config -> config.reranking().maxDelay(), Duration.ofMillis(3)),
                option("rerank.workers", config -> config.reranking().workers(), 6),
                option("rerank.max-queued-tokens", config -> config.reranking().maxQueuedTokens(), 104L),
                option("rerank.long-documents", config -> config.pairs().longDocuments(), LongDocuments.CHUNK),
                option("rerank.chunk-stride", config -> config.pairs().chunkStride(), 31),
                option("rerank.max-chunks", config -> config.pairs().maxChunks(), 32),
                option("rerank.token-cache-size", config -> config.pairs().tokenCacheBytes(), 7L << 20),
                option("rerank.document-cache-size", config -> config.pairs().documentCacheBytes(), 5L << 20),
                option("rerank.score-cache-size", config -> config.pairs().scoreCacheBytes(), 6L << 10),
                option("rerank.slot.*", config -> config.slots().rerank(), RERANK_SLOT),
                option("rest.slot.*", config -> config.slots().rest(), REST_SLOT),
                option("embed.max-batch-tokens", config -> config.embedding().maxTokens(), 201),
                option("embed.max-batch-items", config -> config.embedding().maxItems(), 202),
                option("embed.max-delay", config -> config.embedding().maxDelay(), Duration.ofMillis(5)),
                option("embed.workers", config -> config.embedding().workers(), 7),
                option("embed.max-queued-tokens", config -> config.embedding().maxQueuedTokens(), 204L),
                option("models.embedder.uri", config -> config.embedder().uri(), "hf:org/e@main"),
                option("models.embedder.file", config -> config.embedder().file(), "e.onnx"),
                option("models.embedder.max-tokens", config -> config.embedder().maxTokens(), 128),
                option(
                        "models.embedder.query-prefix",
                        config -> config.embedder().queryPrefix(),
                        "query: "),
                option(
                        "models.embedder.passage-prefix",
                        config -> config.embedder().passagePrefix(),
                        "passage: "),
                option("models.embedder.pooling", config -> config.embedder().pooling(), "mean"),
                option("models.embedder.sha256", config -> config.embedder().sha256(), SHA),
                option("models.reranker.uri", config -> config.crossEncoder().uri(), "s3://bucket/r"),
                option("models.reranker.file", config -> config.crossEncoder().file(), "r.onnx"),
                option(
                        "models.reranker.max-tokens",
                        config -> config.crossEncoder().maxTokens(),
                        256),
                option(
                        "models.reranker.activation",
                        config -> config.crossEncoder().activation(),
                        "none"),
                option("models.reranker.sha256", config -> config.crossEncoder().sha256(), SHA),
                option("models.cascade.uri", config -> config.cascade().uri(), "file:/c"),
                option("models.cascade.file", config -> config.cascade().file(), "c.onnx"),
                option("models.cascade.max-tokens", config -> config.cascade().maxTokens(), 64),
                option("models.cascade.activation", config -> config.cascade().activation(), "sigmoid"),
                option("models.cascade.sha256", config -> config.cascade().sha256(), SHA),
                option(
                        "models.device",
                        config -> ofEachModel(config, spec -> spec.device().with(0)),
                        Collections.nCopies(3, new Device(Device.Kind.CUDA, 3, 0))),
                option(
                        "models.gpu-memory",
                        config -> ofEachModel(config, spec -> spec.device().memoryBytes()),
                        Collections.nCopies(3, 5L << 20)),
                option(
                        "models.cache-dir",
                        config -> ofEachModel(config, ModelSpec::cacheDirectory),
                        Collections.nCopies(3, "/cache")),
                option(
                        "models.download-timeout",
                        config -> ofEachModel(config, ModelSpec::downloadTimeout),
                        Collections.nCopies(3, Duration.ofMinutes(8))),
                option("models.workers", config -> config.workers(), 3),
                option("models.run-timeout", config -> config.runTimeout(), Duration.ofMinutes(6)),
                option("limits.record-size", config -> config.limits().recordBytes(), 2 << 20),
                option("limits.query-chars", config -> config.limits().queryChars(), 1001),
                option("limits.inline-documents", config -> config.limits().inlineDocuments(), 1002),
                option("limits.fields", config -> config.limits().fields(), 1003),
                option("limits.field-chars", config -> config.limits().fieldChars(), 1004),
                option("limits.metadata-size", config -> config.limits().metadataBytes(), 5 << 10),
                option("limits.filter-depth", config -> config.limits().filterDepth(), 6),
                option("limits.filter-conditions", config -> config.limits().filterConditions(), 77),
                option("limits.candidates", config -> config.limits().candidates(), 1007),
                option("limits.top-n", config -> config.limits().topN(), 1008),
                hosted("models.embedder.endpoint", HostedSpec::endpoint, "http://e:1"),
                hosted("models.embedder.api-key", HostedSpec::key, new SecretReference("${env:E}")),
                hosted(
                        "models.embedder.requests-per-minute",
                        spec -> spec.limits().requestsPerMinute(),
                        11),
                hosted(
                        "models.embedder.tokens-per-minute",
                        spec -> spec.limits().tokensPerMinute(),
                        12L),
                hosted("models.embedder.max-in-flight", spec -> spec.limits().maxInFlight(), 13),
                hosted("models.embedder.request-timeout", HostedSpec::requestTimeout, Duration.ofSeconds(14)),
                hosted("models.embedder.dimensions", HostedSpec::dimensions, 15),
                hosted("models.reranker.endpoint", HostedSpec::endpoint, "http://r:2"),
                hosted("models.reranker.api-key", HostedSpec::key, new SecretReference("${file:/keys:r}")),
                hosted(
                        "models.reranker.requests-per-minute",
                        spec -> spec.limits().requestsPerMinute(),
                        21),
                hosted(
                        "models.reranker.tokens-per-minute",
                        spec -> spec.limits().tokensPerMinute(),
                        22L),
                hosted("models.reranker.max-in-flight", spec -> spec.limits().maxInFlight(), 23),
                hosted("models.reranker.request-timeout", HostedSpec::requestTimeout, Duration.ofSeconds(24)),
                reply(
                        "reply.endpoint",
                        reply -> reply.model().endpoint().address().toString(),
                        "http://l:1/v1/chat/completions"),
                reply("reply.model", reply -> reply.model().model(), "m"),
                reply("reply.api-key", reply -> reply.model().endpoint().key(), new SecretReference("${env:R}")),
                reply("reply.timeout", ReplyConfig::timeout, Duration.ofSeconds(31)),
                reply("reply.documents", ReplyConfig::documents, 32),
                reply("reply.max-source-chars", ReplyConfig::maxSourceChars, 333),
                reply("reply.min-score", ReplyConfig::minScore, 0.34),
                reply("reply.max-tokens", reply -> reply.model().maxTokens(), 35),
                reply("reply.max-tokens-field", reply -> reply.model().maxTokensField(), "max_completion_tokens"),
                reply("reply.temperature", reply -> reply.model().temperature(), 0.36),
                reply(
                        "reply.max-in-flight",
                        reply -> reply.model().endpoint().limits().maxInFlight(),
                        37),
                reply("reply.max-waiting", ReplyConfig::maxWaiting, 38),
                option("flink.*", config -> config.flink(), FLINK));
    }

    @ParameterizedTest
    @MethodSource("options")
    void anOptionReachesItsRecord(Function<JobConfig, Object> component, Object value) {
        assertThat(component.apply(config)).isEqualTo(value);
    }

    @Test
    void onlyTheEmbedderHasPrefixesAndPooling() {
        assertThat(List.of(config.crossEncoder(), config.cascade())).allSatisfy(model -> {
            assertThat(model.queryPrefix()).isNull();
            assertThat(model.passagePrefix()).isNull();
            assertThat(model.pooling()).isNull();
        });
    }

    @Test
    void theFileAndTheTableLeaveNoOptionOut() {
        Map<String, String> written = new HashMap<>(SettingsFile.read(file));
        written.putAll(SettingsFile.read(hostedFile));
        written.putAll(OWN_VECTORS);
        written.putAll(SHARDED);
        List<String> tested = options()
                .map(option -> ((Arguments.ArgumentSet) option).getName())
                .toList();

        assertThat(JobOptions.SECTIONS)
                .flatExtracting(Section::options)
                .map(option -> ((Option<?>) option).key())
                .allSatisfy(key -> {
                    assertThat(written).containsKey(key);
                    assertThat(tested).containsAnyOf(key, key.replaceFirst("[^.]*$", "*"));
                });
    }

    private static Arguments reply(String key, Function<ReplyConfig, Object> component, Object value) {
        return argumentSet(key, (Function<JobConfig, Object>) any -> component.apply(hosted.reply()), value);
    }

    /** The same, for the file with models behind an API. */
    private static Arguments hosted(String key, Function<HostedSpec, Object> component, Object value) {
        return argumentSet(
                key,
                (Function<JobConfig, Object>) any ->
                        component.apply(key.contains(".embedder.") ? hosted.hostedEmbedder() : hosted.hostedReranker()),
                value);
    }

    private static Arguments option(String key, Function<JobConfig, Object> component, Object value) {
        return argumentSet(key, component, value);
    }

    private static List<Object> ofEachModel(JobConfig config, Function<ModelSpec, Object> component) {
        return Stream.of(config.embedder(), config.crossEncoder(), config.cascade())
                .map(component)
                .toList();
    }
}
