// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

import io.streamrank.local.benchmark.Pipeline.Passages;
import java.util.List;

/**
 * What was measured. In rounds at the same position, limit, engine and pipelines had the same pairs. The limit scores all
 * of them; where queries repeat, the others find some in the cache, each only what it has scored itself.
 *
 * @param workers runs of the model at the same time
 * @param limit ONNX Runtime driven perfectly
 * @param engine batching and tokenising around it
 * @param pipelines Kafka to Kafka; the first is the one that is spoken of, with retrieval and the greatest parallelism
 * @param peers other programs; their pairs are of the same kind, not the same
 * @param bare one query's pairs through the limit, with nothing else going on
 * @param open queries at a given rate, through the first pipeline
 * @param memoryBytes of the process after the rounds
 * @param curves how cost grows; empty where nobody asked
 */
record Result(
        Workload workload,
        String model,
        int workers,
        List<Round> limit,
        List<Round> engine,
        List<PipelineRounds> pipelines,
        List<PeerRounds> peers,
        Latencies bare,
        List<OpenLoop> open,
        long memoryBytes,
        List<Curve> curves) {
    Result {
        limit = List.copyOf(limit);
        engine = List.copyOf(engine);
        pipelines = List.copyOf(pipelines);
        peers = List.copyOf(peers);
        open = List.copyOf(open);
        curves = List.copyOf(curves);
    }

    /** Kafka to Kafka. */
    record PipelineRounds(int parallelism, Passages passages, List<Round> rounds) {
        PipelineRounds {
            rounds = List.copyOf(rounds);
        }

        /** For people. */
        String name() {
            return passages == Passages.RETRIEVED
                    ? "Kafka to Kafka, parallelism " + parallelism
                    : "Kafka to Kafka, passages in the query";
        }
    }

    /**
     * Queries at a given rate.
     *
     * @param load share of the capacity that the rounds showed
     */
    record OpenLoop(double load, Arrivals arrivals, double queriesPerSecond, Latencies latencies) {}

    /**
     * Another program.
     *
     * @param maxDifference of its logits from ours
     */
    record PeerRounds(String name, List<Round> rounds, double maxDifference) {
        PeerRounds {
            rounds = List.copyOf(rounds);
        }
    }

    Result with(List<Curve> measured) {
        return new Result(workload, model, workers, limit, engine, pipelines, peers, bare, open, memoryBytes, measured);
    }

    PipelineRounds pipeline() {
        return pipelines.get(0);
    }

    /** The other pipelines. */
    List<PipelineRounds> variants() {
        return pipelines.subList(1, pipelines.size());
    }

    /** How much of the limit is reached, round by round. */
    Interval ofLimit(List<Round> rounds) {
        return ratio(rounds, limit);
    }

    /** How many times as fast as the peer the engine is, round by round. */
    Interval besides(PeerRounds peer) {
        return ratio(engine, peer.rounds());
    }

    /** How many times as fast as the first pipeline another is, round by round. */
    Interval besidesTheFirst(PipelineRounds variant) {
        return ratio(variant.rounds(), pipeline().rounds());
    }

    /** How many times the bare inference of a typical query the slowest but one per cent took. */
    double timesBare(Latencies latencies) {
        return latencies.percentile(99) / bare.percentile(50);
    }

    /** By tokens, since a peer's pairs are not the same. */
    private static Interval ratio(List<Round> rounds, List<Round> others) {
        double[] ratios = new double[rounds.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = rounds.get(i).tokensPerSecond() / others.get(i).tokensPerSecond();
        }
        return Interval.of(ratios);
    }

    static Round total(List<Round> rounds) {
        return rounds.stream().reduce(Round::plus).orElseThrow();
    }
}
