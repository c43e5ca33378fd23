// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.chaos.cluster.FlinkRest;
import io.streamrank.chaos.cluster.Jars;
import io.streamrank.chaos.cluster.JobOnCluster;
import io.streamrank.chaos.cluster.ProcessSize;
import io.streamrank.chaos.load.QueryLoad;
import io.streamrank.codec.EmbeddingCodec;
import io.streamrank.operator.corpus.CorpusPlacement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Loads a large corpus of documents with vectors into a cluster, searches it, kills the process that holds it and searches again: as one
 * corpus in a process, and in shards. Both give the same answers, before and after, and no document is read again. It prints what
 * that took.
 */
@EnabledIfSystemProperty(
        named = "streamrank.chaos.corpus-documents",
        matches = "\\d+",
        disabledReason = "takes minutes and gigabytes: give a number of documents")
class LargeCorpusITCase {
    private static final int DOCUMENTS = Integer.getInteger("streamrank.chaos.corpus-documents", 0);
    private static final String HEAP = System.getProperty("streamrank.chaos.corpus-heap", "6g");
    /** Undoes what the suite sets for short processes: a compiler that optimises, and a collector for large heaps. */
    private static final String SERVER = "-XX:TieredStopAtLevel=4 -XX:-UseSerialGC -XX:+UseG1GC";

    private static final int DIMENSION = 384;
    private static final int TEXT_CHARS = 500;
    private static final int QUERIES = 40;
    private static final int PARALLELISM = 2;
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    @Test
    void aLargeCorpusIsSearchedAndRestoredInBothPlacements() throws Exception {
        List<String> lines = new ArrayList<>();
        Map<String, JsonNode> whole = measure(CorpusPlacement.BROADCAST, lines);
        Map<String, JsonNode> sharded = measure(CorpusPlacement.SHARDED, lines);

        assertThat(sharded).isEqualTo(whole);
        lines.forEach(System.out::println);
    }

    /** Returns the results by query. */
    private static Map<String, JsonNode> measure(CorpusPlacement placement, List<String> lines) throws Exception {
        String name = placement.name().toLowerCase(Locale.ROOT);
        Map<String, String> flink = Map.of("env.java.opts.taskmanager", SERVER + " -Xmx" + HEAP);
        try (JobOnCluster job = JobOnCluster.start("large-" + name, Jars.clusterLibraries(), 1, flink);
                QueryLoad load = new QueryLoad(job.broker().bootstrapServers())) {
            job.set("delivery", "at-least-once"); // or each answer waits for a checkpoint
            job.set("models.embedder.uri", "none");
            job.set("corpus.dimension", Integer.toString(DIMENSION));
            job.set("corpus.max-documents", "100000000");
            job.set("corpus.placement", name);
            job.set("retrieval.sparse.enabled", "false");
            job.set("flink.execution.checkpointing.interval", "20 s");
            send(load);
            FlinkRest rest = job.flink().rest();

            long start = System.nanoTime();
            String id = job.submit(Jars.bundle("thin"), PARALLELISM, null);
            awaitCorpus(rest, id, placement);
            Duration loading = since(start);
            Map<String, JsonNode> before = ask(load, "before", QUERIES);
            rest.awaitCheckpoints(id);
            JsonNode checkpoint = rest.lastCheckpoint(id);
            ProcessSize size = ProcessSize.of(job.flink().taskManager(0));

            long killed = System.nanoTime();
            job.flink().killTaskManager(0);
            ask(load, "probe", 1);
            Duration restored = since(killed);
            awaitCorpus(rest, id, placement);
            Awaitility.await("the figure of the job that runs now") // Flink shows the last one's for a while
                    .atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> rest.metric(id, "decode-documents", "documents.received", "sum") == 0);
            Map<String, JsonNode> after = ask(load, "after", QUERIES);

            assertThat(results(after)).isEqualTo(results(before));
            lines.add(String.format(
                    Locale.ROOT,
                    "[large] %s: %,d documents searchable after %d s (%,.0f a second), retrieval %s, checkpoint %d MB in %.1f s,"
                            + " heap %d MB, answered again %.1f s after kill -9, then retrieval %s",
                    name,
                    DOCUMENTS,
                    loading.toSeconds(),
                    DOCUMENTS * 1e3 / loading.toMillis(),
                    retrieval(before),
                    checkpoint.path("state_size").asLong() >> 20,
                    checkpoint.path("end_to_end_duration").asLong() / 1e3,
                    size.heapBytes() >> 20,
                    restored.toMillis() / 1e3,
                    retrieval(after)));
            System.out.println(lines.get(lines.size() - 1));
            return results(before);
        }
    }

    private static Duration since(long startNs) {
        return Duration.ofNanos(System.nanoTime() - startNs);
    }

    private static void send(QueryLoad load) {
        Random random = new Random(1);
        for (int i = 0; i < DOCUMENTS; i++) {
            ObjectNode document = JsonNodeFactory.instance
                    .objectNode()
                    .put("id", "d" + i)
                    .put("text", ("document " + i + " ").repeat(TEXT_CHARS).substring(0, TEXT_CHARS))
                    .put("embedding", EmbeddingCodec.base64(vector(random)));
            load.send("documents", "d" + i, QueryLoad.bytes(document));
            if (i % 100_000 == 0) {
                System.out.println("[large] " + i + " documents sent");
            }
        }
    }

    private static float[] vector(Random random) {
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    private static void awaitCorpus(FlinkRest rest, String id, CorpusPlacement placement) {
        boolean whole = placement == CorpusPlacement.BROADCAST;
        String operator = whole ? "retrieve-candidates" : "search-shard";
        Awaitility.await("the corpus")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptions()
                .until(() -> rest.metric(id, operator, "corpus.documents", whole ? "min" : "sum") == DOCUMENTS
                        && rest.metric(id, operator, "corpus.loaded", "min") == 1);
    }

    /** Asks one query after the other, and returns the answers. */
    private static Map<String, JsonNode> ask(QueryLoad load, String when, int queries) {
        Random random = new Random(2);
        Map<String, JsonNode> answers = new TreeMap<>();
        for (int i = 0; i < queries; i++) {
            String id = when + "-" + i;
            load.ask(
                    id,
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("query", "document " + i)
                            .put("candidates", 50)
                            .put("top_n", 50)
                            .put("embedding", EmbeddingCodec.base64(vector(random))));
            Awaitility.await("an answer to " + id)
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> !load.answers(id).isEmpty());
            answers.put("query-" + i, load.answers(id).get(0));
        }
        return answers;
    }

    private static Map<String, JsonNode> results(Map<String, JsonNode> answers) {
        Map<String, JsonNode> results = new TreeMap<>();
        answers.forEach((query, answer) -> results.put(query, answer.path("results")));
        return results;
    }

    private static String retrieval(Map<String, JsonNode> answers) {
        List<Long> times = answers.values().stream()
                .map(answer -> answer.at("/timing_ms/retrieve").asLong())
                .sorted()
                .toList();
        return "median " + times.get(times.size() / 2) + " ms, worst " + times.get(times.size() - 1) + " ms";
    }
}
