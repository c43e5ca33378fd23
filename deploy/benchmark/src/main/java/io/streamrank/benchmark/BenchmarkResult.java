// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark;

import io.streamrank.benchmark.measurement.Latencies;
import io.streamrank.benchmark.measurement.Measurement;
import io.streamrank.benchmark.systems.KafkaPipeline.OneByOne;
import io.streamrank.benchmark.systems.KafkaPipeline.Passages;
import io.streamrank.benchmark.systems.PeerPrograms.PeerRounds;
import io.streamrank.benchmark.workload.Arrivals;
import io.streamrank.benchmark.workload.Workload;
import io.streamrank.report.ConfidenceInterval;
import io.streamrank.report.LineChart;
import java.util.List;

/**
 * Holds what was measured. In rounds at the same position, baseline, engine and pipelines had the same pairs. The
 * baseline scores all of them; where queries repeat, the others find some in the cache, each only what it has scored
 * itself.
 *
 * @param workers runs of the model at the same time
 * @param baseline ONNX Runtime driven perfectly
 * @param engine batching and tokenising around it
 * @param pipelines Kafka to Kafka; the first is the one that is spoken of, with retrieval and the greatest parallelism
 * @param peers other programs; their pairs are of the same kind, not the same
 * @param bare one query's pairs through the baseline, with nothing else going on
 * @param alone one query after the other through the first pipeline, with their passages
 * @param open queries at a given rate, through the first pipeline
 * @param memoryBytes of the process after the rounds
 * @param sweeps how cost grows; empty where nobody asked
 */
public record BenchmarkResult(
        Workload workload,
        String model,
        int workers,
        List<Measurement> baseline,
        List<Measurement> engine,
        List<PipelineRounds> pipelines,
        List<PeerRounds> peers,
        Latencies bare,
        OneByOne alone,
        List<OpenLoop> open,
        long memoryBytes,
        List<LineChart> sweeps) {
    public BenchmarkResult {
        baseline = List.copyOf(baseline);
        engine = List.copyOf(engine);
        pipelines = List.copyOf(pipelines);
        peers = List.copyOf(peers);
        open = List.copyOf(open);
        sweeps = List.copyOf(sweeps);
    }

    /** Holds the rounds of one job between two topics. */
    record PipelineRounds(int parallelism, Passages passages, List<Measurement> rounds) {
        PipelineRounds {
            rounds = List.copyOf(rounds);
        }

        /** Returns the name for people. */
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

    BenchmarkResult with(List<LineChart> measured) {
        return new BenchmarkResult(
                workload, model, workers, baseline, engine, pipelines, peers, bare, alone, open, memoryBytes, measured);
    }

    PipelineRounds pipeline() {
        return pipelines.get(0);
    }

    /** Returns the other pipelines. */
    List<PipelineRounds> variants() {
        return pipelines.subList(1, pipelines.size());
    }

    /** Returns how much of the baseline's speed is reached, round by round. */
    ConfidenceInterval ofLimit(List<Measurement> rounds) {
        return ratio(rounds, baseline);
    }

    /** Returns how many times as fast as the peer the engine is, round by round. */
    ConfidenceInterval besides(PeerRounds peer) {
        return ratio(engine, peer.rounds());
    }

    /** Returns how many times as fast as the first pipeline another is, round by round. */
    ConfidenceInterval besidesTheFirst(PipelineRounds variant) {
        return ratio(variant.rounds(), pipeline().rounds());
    }

    /** Returns how many times the bare inference of a typical query the slowest but one per cent took. */
    double timesBare(Latencies latencies) {
        return latencies.percentile(99) / bare.percentile(50);
    }

    /** By tokens, since a peer's pairs are not the same. */
    private static ConfidenceInterval ratio(List<Measurement> rounds, List<Measurement> others) {
        double[] ratios = new double[rounds.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = rounds.get(i).tokensPerSecond() / others.get(i).tokensPerSecond();
        }
        return ConfidenceInterval.of(ratios);
    }

    static Measurement total(List<Measurement> rounds) {
        return rounds.stream().reduce(Measurement::plus).orElseThrow();
    }
}
