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
 * Rounds in which the limit, the engine, every pipeline and the peers have their turn. In a round all but the peers have
 * the same pairs, each under queries of its own, so that none finds in a cache what another has just scored.
 */
final class Comparison {
    /** The limit's, before and after the others, and the engine's. */
    private static final int OTHER_TURNS = 3;
    /** The first pipeline's; the engine's is 0. */
    static final int FIRST_PIPELINE = 1;

    private final EmbeddedCorpus corpus;
    private final Baseline limit;
    private final EngineBenchmark engine;
    private final PeerPrograms peers;
    private final List<Entrant> entrants = new ArrayList<>();
    private final int window;
    private final List<Measurement> limits = new ArrayList<>();
    private final List<Measurement> engines = new ArrayList<>();
    private long next;

    /** A pipeline, and where its passages come from. */
    private record Entrant(int turn, KafkaPipeline pipeline, Passages passages, List<Measurement> rounds) {
        Measurement run(List<RerankRequest> asks, int window) throws Exception {
            List<RerankRequest> own = asks.stream().map(ask -> ask.inTurn(turn)).toList();
            return pipeline.run(own, passages, window);
        }
    }

    /** @param pipelines at least one; the first is also asked with passages that the queries bring along */
    Comparison(
            EmbeddedCorpus corpus,
            Baseline limit,
            EngineBenchmark engine,
            List<KafkaPipeline> pipelines,
            PeerPrograms peers) {
        this.corpus = corpus;
        this.limit = limit;
        this.engine = engine;
        this.peers = peers;
        pipelines.forEach(pipeline -> enter(pipeline, Passages.RETRIEVED));
        enter(pipelines.get(0), Passages.BROUGHT);
        int widest =
                pipelines.stream().mapToInt(KafkaPipeline::parallelism).max().orElse(1);
        this.window = Math.max(4, 4 * Math.max(limit.workers(), widest));
    }

    private void enter(KafkaPipeline pipeline, Passages passages) {
        entrants.add(new Entrant(FIRST_PIPELINE + entrants.size(), pipeline, passages, new ArrayList<>()));
    }

    /** The first ask that nobody had. */
    long next() {
        return next;
    }

    List<Measurement> limits() {
        return limits;
    }

    List<Measurement> engines() {
        return engines;
    }

    List<BenchmarkResult.PipelineRounds> pipelines() {
        return entrants.stream()
                .map(entrant -> new BenchmarkResult.PipelineRounds(
                        entrant.pipeline().parallelism(), entrant.passages(), entrant.rounds()))
                .toList();
    }

    /**
     * Warms everything up, and runs the rounds.
     *
     * @param seconds for all rounds together, roughly; 0 where it is enough that everything runs
     */
    void run(int rounds, double seconds, Console console) throws Exception {
        double turn = seconds / (rounds * (OTHER_TURNS + entrants.size() + peers.size()));
        int size = Math.max(window, (int) (warmUp() * turn));
        peers.warmUp(turn);
        if (seconds > 0) {
            console.status("warming up …");
            round(corpus.asks(next, size));
            next += size;
            forget(); // the JVM was busy compiling
        }
        try (Progress progress = new Progress(console, "comparing", " rounds", 1, rounds)) {
            for (int round = 0; round < rounds; round++) {
                // Each goes before the other as often as after it.
                Collections.reverse(entrants);
                round(corpus.asks(next, size));
                next += size;
                peers.run();
                progress.to(round + 1L);
            }
        }
        entrants.sort(Comparator.comparingInt(Entrant::turn));
    }

    /** The asks that the limit does in a second. */
    private double warmUp() throws Exception {
        List<RerankRequest> asks = corpus.asks(next, window);
        next += window;
        Baseline.Pairs work = limit.prepare(asks);
        Measurement cold = limit.run(work);
        EngineBenchmark.Run unused = engine.run(asks, work, window);
        for (Entrant entrant : entrants) {
            Measurement ignored = entrant.run(asks, window);
        }
        return asks.size() * 1e9 / Math.min(cold.nanos(), limit.run(work).nanos());
    }

    private void round(List<RerankRequest> asks) throws Exception {
        Baseline.Pairs work = limit.prepare(asks);
        Measurement before = limit.run(work);
        engines.add(engine.run(asks, work, window).round());
        for (Entrant entrant : entrants) {
            entrant.rounds().add(entrant.run(asks, window));
        }
        limits.add(before.plus(limit.run(work)));
    }

    private void forget() {
        limits.clear();
        engines.clear();
        entrants.forEach(entrant -> entrant.rounds().clear());
    }
}
