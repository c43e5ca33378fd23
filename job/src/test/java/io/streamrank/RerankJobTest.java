// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.config.JobConfig;
import io.streamrank.event.DeadLetter;
import io.streamrank.event.DegradedReason;
import io.streamrank.event.Hit;
import io.streamrank.event.RankedResult;
import io.streamrank.event.RawRecord;
import io.streamrank.event.Stage;
import io.streamrank.event.TopicExtent;
import io.streamrank.operator.corpus.CorpusPlacement;
import io.streamrank.testing.ExportedMetrics;
import io.streamrank.testing.TestModels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.functions.FromElementsGeneratorFunction;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole dataflow on a cluster in this JVM, with bounded sources and models that count words. */
class RerankJobTest {
    private static final InMemoryReporter METRICS = InMemoryReporter.createWithRetainedMetrics();

    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setConfiguration(METRICS.addToConfiguration(withGpus()))
            .setNumberTaskManagers(2)
            .setNumberSlotsPerTaskManager(2)
            .build());

    private static final String APPLE = """
            {"query":"apple"}""";
    private static final String POISONED = """
            {"query":"apple","documents":["POISON","apple"]}""";
    private static final String HALF_A_DOCUMENT = """
            {"id":""";

    private static final TypeInformation<RawRecord> RAW = TypeInformation.of(RawRecord.class);

    private final List<RawRecord> documents = new ArrayList<>();
    private final List<RawRecord> queries = new ArrayList<>();
    private final Map<String, String> settings = new HashMap<>(Map.of("kafka.bootstrap-servers", "unused:9092"));
    private final Map<String, Double> asked = new HashMap<>();

    @ParameterizedTest
    @EnumSource
    void answersEachQueryFromTheDocumentsThatAreLeftInTheEnd(CorpusPlacement placement) throws Exception {
        place(placement);
        document("a", "red apple pie");
        document("b", "green apple");
        document("c", "blue sky");
        delete("b");
        document("c", "apple sky");
        query("q1", """
                {"query":"apple pie","return_documents":true}""");

        Map<String, RankedResult> answers = run().answers();

        assertThat(answers.get("q1").results()).extracting(Hit::id).containsExactly("a", "c");
        assertThat(answers.get("q1").results().get(1).document().fields().get(0).text())
                .isEqualTo("apple sky");
        assertThat(answers.get("q1").usage().pairs()).isEqualTo(2);
    }

    @Test
    void ranksDocumentsThatTheQueryBringsWithoutRetrieving() throws Exception {
        document("a", "red apple");
        query("q1", """
                {"query":"red apple","documents":["blue",{"id":"x","title":"red apple"},"red"]}""");

        RankedResult answer = run().answers().get("q1");

        assertThat(answer.results()).extracting(Hit::index).containsExactly(1, 2, 0);
        assertThat(answer.results()).extracting(Hit::retrieval).containsOnlyNulls();
    }

    @Test
    void theRerankerHasSlotsWithGpusWhereTheConfigurationAsksForThem() throws Exception {
        document("a", "red apple");
        query("q", APPLE);
        settings.put("rerank.slot.gpus", "1");

        assertThat(run().answers()).containsOnlyKeys("q");
        assertThat(asked).containsEntry("gpu", 1.0);
    }

    @ParameterizedTest
    @EnumSource
    void everyQueryIsRankedDegradedOrADeadLetter(CorpusPlacement placement) throws Exception {
        place(placement);
        document("a", "red apple");
        document("p", "POISON apple");
        documents.add(raw("documents", documents.size(), "bad", HALF_A_DOCUMENT));
        for (int i = 0; i < 50; i++) {
            query("good-" + i, """
                    {"query":"apple number %d"}""".formatted(i));
            query("failing-" + i, POISONED);
            query("bad-" + i, """
                    {"query":%d}""".formatted(i));
        }

        Run run = run();

        assertThat(run.answers()).hasSize(100);
        assertThat(run.answers().values()).allSatisfy(answer -> {
            boolean fails = answer.id().startsWith("failing");
            assertThat(answer.degradedReason()).isEqualTo(fails ? DegradedReason.MODEL_ERROR : null);
            assertThat(answer.results())
                    .extracting(Hit::index)
                    .containsExactly(fails ? new Integer[] {1, 0} : new Integer[] {0});
        });
        assertThat(run.deadLetters()).hasSize(52);
        assertThat(run.deadLetters())
                .extracting(DeadLetter::stage)
                .contains(Stage.DECODE_DOCUMENTS, Stage.EMBED_DOCUMENTS, Stage.DECODE_QUERIES);
        assertThat(run.deadLetters())
                .filteredOn(letter -> letter.stage() == Stage.DECODE_DOCUMENTS)
                .extracting(letter -> new String(letter.record().value(), StandardCharsets.UTF_8))
                .containsExactly(HALF_A_DOCUMENT);
    }

    @Test
    void findsCandidatesByWordsIfAQueryAsksForThatOrCouldNotBeEmbedded() throws Exception {
        document("a", "red apple");
        document("b", "green pears");
        query("sparse", """
                {"query":"the pear","retrieval":"sparse"}""");
        query("hybrid", """
                {"query":"the pear","retrieval":"hybrid"}""");
        query("failing", """
                {"query":"NAN pear"}""");

        Map<String, RankedResult> answers = run().answers();

        assertThat(answers.get("sparse").results()).extracting(Hit::id).containsExactly("b");
        assertThat(answers.get("sparse").results().get(0).retrieval().score()).isNotNull();
        assertThat(answers.get("hybrid").results()).extracting(Hit::id).containsExactlyInAnyOrder("a", "b");
        assertThat(answers.get("failing").results()).extracting(Hit::id).containsExactly("b");
        assertThat(answers.get("failing").results().get(0).retrieval().score()).isNull();
        assertThat(answers.get("failing").degradedReason()).isEqualTo(DegradedReason.MODEL_ERROR);
    }

    @Test
    void registersTheMetricsThatTheirPageNamesAndNoOthers() throws Exception {
        runWithEveryOutcome();

        assertThat(ExportedMetrics.registered(METRICS))
                .filteredOn(name -> name.startsWith(ExportedMetrics.PREFIX))
                .containsExactlyInAnyOrderElementsOf(ExportedMetrics.documented(Path.of("..", "docs", "metrics.md")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rules.yml", "grafana/streamrank.json"})
    void registersWhatAlertsAndDashboardAskFor(String file) throws Exception {
        Path path = Path.of("..", "deploy", "observability").resolve(file);
        runWithEveryOutcome();

        assertThat(ExportedMetrics.askedFor(path))
                .filteredOn(
                        name -> !name.equals("flink_taskmanager_job_task_operator_pendingRecords")) // Kafka's source
                .filteredOn(name -> !name.contains("_endpoint_")) // of hosted models: HostedJobsTest
                .isNotEmpty()
                .isSubsetOf(ExportedMetrics.registered(METRICS));
        assertThat(ExportedMetrics.operatorsAskedFor(path))
                .filteredOn(operator -> !operator.equals("search_shard")) // of a corpus in shards
                .isNotEmpty()
                .isSubsetOf(ExportedMetrics.operators(METRICS));
    }

    /** Some counters are there from the first event of their kind on. */
    private void runWithEveryOutcome() throws Exception {
        document("a", "red apple");
        query("ranked", APPLE);
        query("degraded", POISONED);
        query("dead", "{}");
        run();
    }

    /** Enough for a slot of the rest, which takes its share, and one of the reranker. */
    private static Configuration withGpus() {
        return Configuration.fromMap(Map.of(
                "external-resources", "gpu", "external-resource.gpu.amount", "2", "slot.request.timeout", "1 min"));
    }

    private record Run(Map<String, RankedResult> answers, List<DeadLetter> deadLetters) {}

    private Run run() throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setParallelism(2);
        JobConfig config = JobConfig.of(settings, Map.of());
        TopicExtent topic =
                new TopicExtent("documents", Map.of(0, documents.size() - 1L), Map.of(0, (long) documents.size()));
        RerankJob.Outputs out =
                RerankJob.define(env, source(queries), source(documents), topic, TestModels.models(), config);
        try (CloseableIterator<RankedResult> results = out.results().collectAsync();
                CloseableIterator<DeadLetter> letters = out.deadLetters().collectAsync()) {
            env.getStreamGraph(false)
                    .getSlotSharingGroupResource("rerank")
                    .ifPresent(slot -> slot.getExtendedResources()
                            .forEach((name, resource) ->
                                    asked.put(name, resource.getValue().doubleValue())));
            env.execute();
            Map<String, RankedResult> answers = new HashMap<>();
            results.forEachRemaining(
                    answer -> assertThat(answers.put(answer.id(), answer)).isNull());
            List<DeadLetter> deadLetters = new ArrayList<>();
            letters.forEachRemaining(deadLetters::add);
            return new Run(answers, deadLetters);
        }
    }

    private static Source<RawRecord, ?, ?> source(List<RawRecord> records) {
        return new DataGeneratorSource<>(
                new FromElementsGeneratorFunction<>(RAW, new ExecutionConfig(), records), records.size(), RAW);
    }

    private void place(CorpusPlacement placement) {
        settings.put("corpus.placement", placement.name().toLowerCase(Locale.ROOT));
    }

    private void document(String id, String text) {
        documents.add(raw("documents", documents.size(), id, """
                {"id":"%s","text":"%s"}""".formatted(id, text)));
    }

    private void delete(String id) {
        documents.add(raw("documents", documents.size(), id, null));
    }

    private void query(String key, String value) {
        queries.add(raw("queries", queries.size(), key, value));
    }

    private static RawRecord raw(String topic, long offset, String key, String value) {
        return new RawRecord(
                topic,
                0,
                offset,
                System.currentTimeMillis(),
                key.getBytes(StandardCharsets.UTF_8),
                value == null ? null : value.getBytes(StandardCharsets.UTF_8),
                List.of());
    }
}
