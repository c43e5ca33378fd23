// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark;

import io.streamrank.benchmark.measurement.Latencies;
import io.streamrank.benchmark.measurement.Measurement;
import io.streamrank.benchmark.systems.KafkaPipeline;
import io.streamrank.benchmark.workload.Arrivals;
import io.streamrank.benchmark.workload.EmbeddedCorpus;
import io.streamrank.benchmark.workload.RerankRequest;
import io.streamrank.local.console.Console;
import io.streamrank.local.console.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures how long queries take that arrive whether the job keeps up or not, at shares of the capacity that the
 * rounds showed.
 */
record OpenLoops(Console console, EmbeddedCorpus corpus, KafkaPipeline pipeline) {
    private static final List<Double> LOADS = List.of(0.5, 0.9);
    private static final int LEAST = 8;

    /**
     * Runs them, each with as many queries.
     *
     * @param capacity what came out of the rounds
     * @param seconds for all together; 0 for as few queries as will do
     * @param next the first request
     */
    List<BenchmarkResult.OpenLoop> run(Measurement capacity, double seconds, long next) throws Exception {
        double queriesPerSecond = capacity.pairsPerSecond() / corpus.candidates();
        int count = Math.max(LEAST, (int) (seconds * queriesPerSecond / secondsAQuery()));
        List<BenchmarkResult.OpenLoop> loops = new ArrayList<>();
        int all = count * LOADS.size() * Arrivals.values().length;
        try (Progress progress = new Progress(console, "queries at a given rate", " queries", 1, all)) {
            for (double load : LOADS) {
                for (Arrivals arrivals : Arrivals.values()) {
                    List<RerankRequest> requests = requests(next + (long) loops.size() * count, count);
                    Latencies latencies = pipeline.open(requests, load * queriesPerSecond, arrivals);
                    loops.add(new BenchmarkResult.OpenLoop(load, arrivals, load * queriesPerSecond, latencies));
                    progress.to((long) loops.size() * count);
                }
            }
        }
        return loops;
    }

    /** A cache may know what this pipeline was asked before, but nothing of the others. */
    private List<RerankRequest> requests(long from, int count) throws Exception {
        return corpus.requests(from, count).stream()
                .map(request -> request.inTurn(Comparison.FIRST_PIPELINE))
                .toList();
    }

    /** Of all loops together, in times that a query takes at full load. */
    private static double secondsAQuery() {
        return LOADS.stream().mapToDouble(load -> 1 / load).sum() * Arrivals.values().length;
    }

    /** Returns the name of a loop for people. */
    static String name(BenchmarkResult.OpenLoop loop) {
        return String.format(
                Locale.ROOT,
                "at %.0f %% of capacity, %s",
                100 * loop.load(),
                loop.arrivals().words());
    }
}
