// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.chaos.cluster.Jars;
import io.streamrank.chaos.cluster.JobOnCluster;
import io.streamrank.chaos.cluster.ProcessSize;
import io.streamrank.chaos.cluster.ResidentPeak;
import io.streamrank.chaos.load.QueryLoad;
import io.streamrank.chaos.load.Verdict;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Twice as much is asked as one TaskManager can do, by clients that cannot wait: they are answered in time, in full as
 * many as it can do, the others in retrieval order, and nobody has to help the job when it is over.
 */
class OverloadITCase {
    private static final int SECONDS = Integer.getInteger("streamrank.chaos.overload-seconds", 20);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    /** For what the deadline does not see: the way to the reader, on a machine that is busy with all our processes. */
    private static final Duration SLACK = Duration.ofSeconds(4);
    /** More than are ever in flight, as pairs that two queries in flight share are scored once. */
    private static final int TEXTS = 100;

    /** Of these, where it matters only how fast they are answered, or that they are. */
    private static final int SOME_TEXTS = 40;

    /** Of what could be answered in full; more is, where nothing else keeps the machine busy meanwhile. */
    private static final double GOODPUT = 0.5;

    /** The part of the workers' time that reranking has, however much there is to embed. */
    private static final double LEAST_SHARE = 1.0 / 8;

    /** Documents have no such member. */
    private static final ObjectNode NO_DOCUMENT =
            JsonNodeFactory.instance.objectNode().put("none", 1);

    private static final long HEAP_BYTES = 32L << 20;
    /** The heap grows to its limit and does not shrink again; little may come on top. */
    private static final long RESIDENT_BYTES = 320L << 20;

    private static final long THREADS = 8;

    private final Incidents incidents = new Incidents();

    @Test
    void answersInTimeUnderTwiceItsCapacityAndRecovers() throws Exception {
        try (JobOnCluster job = JobOnCluster.start("overload", Jars.clusterLibraries(), 1, Map.of());
                QueryLoad load = new QueryLoad(job.broker().bootstrapServers(), TEXTS)) {
            job.set("delivery", "at-least-once"); // a reader of transactions waits for checkpoints, too
            job.set("rerank.score-cache-size", "0 b");
            // The model is what is short, and not all that is around it: so not the tiny one, and on one core.
            job.set("models.reranker.uri", "builtin:streamrank-minilm-l6-v2");
            job.set("models.workers", "1");
            load.sendDocuments();
            String id = job.submit(Jars.bundle("thin"), 2, null);
            Map<String, JsonNode> undisturbed = load.askUndisturbed();
            int capacity = load.capacity(SOME_TEXTS);
            load.ask(JsonNodeFactory.instance.objectNode().set("filter", NO_DOCUMENT));
            double expected = expected(capacity, load.capacity(SOME_TEXTS));
            ProcessSize before = ProcessSize.of(job.flink().taskManager(0));

            int from = load.asked();
            String name = "twice the capacity for " + SECONDS + " s";
            load.ask(JsonNodeFactory.instance.objectNode().put("timeout_ms", TIMEOUT.toMillis()));
            long peak = overload(job, load, name, capacity);
            int to = load.asked();
            ProcessSize after = ProcessSize.of(job.flink().taskManager(0));
            Duration late = load.latencies().quantile(from, to, 0.99);
            Verdict verdict = Verdict.of(load, from, to, undisturbed);
            double goodput = (verdict.asked() - verdict.degraded()) / (double) (capacity * SECONDS);
            incidents.remark(
                    name,
                    String.format(
                            Locale.ROOT,
                            "capacity %d queries/s, %.0f %% of it answered in full (expected, as all are embedded: %.0f %%), %d refused"
                                    + " at once, timeout %s s, 99 %% answered within %s s, heap %+d MB, resident %+d MB"
                                    + " at most",
                            capacity,
                            100 * goodput,
                            100 * expected,
                            refused(load, from, to),
                            ChaosReport.seconds(TIMEOUT),
                            ChaosReport.seconds(late),
                            (after.heapBytes() - before.heapBytes()) >> 20,
                            (peak - before.residentBytes()) >> 20));
            ChaosReport.add(incidents.lines(load, undisturbed));

            assertThat(load.problems()).isEmpty();
            assertThat(verdict).isEqualTo(new Verdict(to - from, 0, 0, verdict.degraded(), 0));
            assertThat(verdict.degraded()).isPositive();
            assertThat(goodput).isGreaterThan(GOODPUT * expected);
            assertThat(late).isLessThan(TIMEOUT.plus(SLACK));
            assertThat(after.heapBytes() - before.heapBytes()).isLessThan(HEAP_BYTES);
            assertThat(peak - before.residentBytes()).isLessThan(RESIDENT_BYTES);
            assertThat(after.threads() - before.threads()).isLessThan(THREADS);
            assertThat(job.flink().rest().failures(id)).isEmpty();
            answersInFullAgain(load, undisturbed);
        }
    }

    /**
     * Returns which part of the capacity can be answered in full under twice its load: all queries are embedded, also those that
     * are refused, as their candidates come in the order of the vectors.
     *
     * @param embedded queries a second that are embedded and have no candidates
     */
    private static double expected(double capacity, double embedded) {
        double embedding = capacity / embedded; // of the time that a query takes in full
        return Math.max(1 - 2 * embedding, LEAST_SHARE) / (1 - embedding);
    }

    /** Returns the most memory that the TaskManager had in RAM meanwhile. */
    private long overload(JobOnCluster job, QueryLoad load, String name, int capacity) throws Exception {
        try (ResidentPeak peak = new ResidentPeak(job.flink().taskManager(0))) {
            incidents.happen(name, load, () -> {
                load.start(2 * capacity);
                TimeUnit.SECONDS.sleep(SECONDS);
                load.stop();
            });
            load.settle();
            return peak.bytes();
        }
    }

    private static long refused(QueryLoad load, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(load::answers)
                .filter(answers ->
                        answers.get(0).path("degraded_reason").asText().equals("overload"))
                .count();
    }

    private static void answersInFullAgain(QueryLoad load, Map<String, JsonNode> undisturbed) {
        load.ask(JsonNodeFactory.instance.objectNode());
        int from = load.asked();
        load.burst(SOME_TEXTS);
        assertThat(Verdict.of(load, from, load.asked(), undisturbed)).isEqualTo(new Verdict(SOME_TEXTS, 0, 0, 0, 0));
    }
}
