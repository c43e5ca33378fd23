// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark;

import io.streamrank.benchmark.measurement.Measurement;
import io.streamrank.benchmark.systems.Baseline;
import io.streamrank.benchmark.systems.EngineBenchmark;
import io.streamrank.benchmark.systems.KafkaPipeline;
import io.streamrank.benchmark.systems.KafkaPipeline.Passages;
import io.streamrank.benchmark.systems.PeerPrograms;
import io.streamrank.benchmark.workload.EmbeddedCorpus;
import io.streamrank.benchmark.workload.RerankRequest;
import io.streamrank.local.console.Console;
import io.streamrank.local.console.Progress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Runs rounds in which the baseline, the engine, every pipeline and the peers have their turn. In a round all but the
 * peers have the same pairs, each under queries of its own, so that none finds in a cache what another has just
 * scored.
 */
final class Comparison {
    /** The baseline's, before and after the others, and the engine's. */
    private static final int OTHER_TURNS = 3;
    /** The first pipeline's; the engine's is 0. */
    static final int FIRST_PIPELINE = 1;

    private final EmbeddedCorpus corpus;
    private final Baseline baseline;
    private final EngineBenchmark engine;
    private final PeerPrograms peers;
    private final List<ComparedPipeline> compared = new ArrayList<>();
    private final int window;
    private final List<Measurement> baselines = new ArrayList<>();
    private final List<Measurement> engines = new ArrayList<>();
    private long next;

    /** A pipeline, and where its passages come from. */
    private record ComparedPipeline(int turn, KafkaPipeline pipeline, Passages passages, List<Measurement> rounds) {
        Measurement run(List<RerankRequest> requests, int window) throws Exception {
            List<RerankRequest> own =
                    requests.stream().map(request -> request.inTurn(turn)).toList();
            return pipeline.run(own, passages, window);
        }
    }

    /**
     * Takes at least one pipeline; the first is also asked with passages that the queries bring along.
     *
     * @param window queries under way at the same time
     */
    Comparison(
            EmbeddedCorpus corpus,
            Baseline baseline,
            EngineBenchmark engine,
            List<KafkaPipeline> pipelines,
            PeerPrograms peers,
            int window) {
        this.corpus = corpus;
        this.baseline = baseline;
        this.engine = engine;
        this.peers = peers;
        pipelines.forEach(pipeline -> add(pipeline, Passages.RETRIEVED));
        add(pipelines.get(0), Passages.BROUGHT);
        this.window = window;
    }

    private void add(KafkaPipeline pipeline, Passages passages) {
        compared.add(new ComparedPipeline(FIRST_PIPELINE + compared.size(), pipeline, passages, new ArrayList<>()));
    }

    /** Returns the number of the first request that nobody had. */
    long next() {
        return next;
    }

    List<Measurement> baselines() {
        return baselines;
    }

    List<Measurement> engines() {
        return engines;
    }

    List<BenchmarkResult.PipelineRounds> pipelines() {
        return compared.stream()
                .map(pipeline -> new BenchmarkResult.PipelineRounds(
                        pipeline.pipeline().parallelism(), pipeline.passages(), pipeline.rounds()))
                .toList();
    }

    /**
     * Warms everything up, and runs the rounds.
     *
     * @param seconds for all rounds together, roughly; 0 where it is enough that everything runs
     */
    void run(int rounds, double seconds, Console console) throws Exception {
        double turn = seconds / (rounds * (OTHER_TURNS + compared.size() + peers.size()));
        int size = Math.max(window, (int) (warmUp() * turn));
        peers.warmUp(turn);
        if (seconds > 0) {
            console.status("warming up …");
            round(corpus.requests(next, size));
            next += size;
            forget(); // the JVM was busy compiling
        }
        try (Progress progress = new Progress(console, "comparing", " rounds", 1, rounds)) {
            for (int round = 0; round < rounds; round++) {
                // Each goes before the other as often as after it.
                Collections.reverse(compared);
                round(corpus.requests(next, size));
                next += size;
                peers.run();
                progress.to(round + 1L);
            }
        }
        compared.sort(Comparator.comparingInt(ComparedPipeline::turn));
    }

    /** Returns how many requests the baseline does in a second. */
    private double warmUp() throws Exception {
        List<RerankRequest> requests = corpus.requests(next, window);
        next += window;
        Baseline.Pairs work = baseline.prepare(requests);
        Measurement cold = baseline.run(work);
        EngineBenchmark.Run unused = engine.run(requests, work, window);
        for (ComparedPipeline pipeline : compared) {
            Measurement ignored = pipeline.run(requests, window);
        }
        return requests.size() * 1e9 / Math.min(cold.nanos(), baseline.run(work).nanos());
    }

    private void round(List<RerankRequest> requests) throws Exception {
        Baseline.Pairs work = baseline.prepare(requests);
        Measurement before = baseline.run(work);
        engines.add(engine.run(requests, work, window).round());
        for (ComparedPipeline pipeline : compared) {
            pipeline.rounds().add(pipeline.run(requests, window));
        }
        baselines.add(before.plus(baseline.run(work)));
    }

    private void forget() {
        baselines.clear();
        engines.clear();
        compared.forEach(pipeline -> pipeline.rounds().clear());
    }
}
