// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

import java.util.List;

/**
 * What was measured. Rounds of the three at the same position had the same pairs.
 *
 * @param limit ONNX Runtime driven perfectly
 * @param engine batching and tokenising around it
 * @param pipeline Kafka to Kafka
 * @param peers other programs; their pairs are of the same kind, not the same
 * @param bare one query's pairs through the limit, with nothing else going on
 * @param open queries at random times
 * @param memoryBytes of the process after the rounds
 * @param curves how cost grows; empty where nobody asked
 */
record Result(
        Workload workload,
        String model,
        int workers,
        int parallelism,
        List<Round> limit,
        List<Round> engine,
        List<Round> pipeline,
        List<PeerRounds> peers,
        Latencies bare,
        List<OpenLoop> open,
        long memoryBytes,
        List<Curve> curves) {
    Result {
        limit = List.copyOf(limit);
        engine = List.copyOf(engine);
        pipeline = List.copyOf(pipeline);
        peers = List.copyOf(peers);
        open = List.copyOf(open);
        curves = List.copyOf(curves);
    }

    /**
     * Queries at random times.
     *
     * @param load share of the capacity that the rounds showed
     */
    record OpenLoop(double load, double queriesPerSecond, Latencies latencies) {}

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

    /** How much of the limit is reached, round by round. */
    Interval ofLimit(List<Round> rounds) {
        return ratio(rounds, limit);
    }

    /** How many times as fast as the peer the engine is, round by round. */
    Interval besides(PeerRounds peer) {
        return ratio(engine, peer.rounds());
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
