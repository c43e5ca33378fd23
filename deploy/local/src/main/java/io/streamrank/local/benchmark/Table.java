// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

import io.streamrank.local.console.Console;
import io.streamrank.local.report.LineChart.Series;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The result for people, the curves by themselves. */
record Table(Console console) {
    void print(Result result) {
        console.print(String.format(
                Locale.ROOT,
                "@|bold %s|@ · %d candidates a query · %d runs at a time · %,d MB",
                result.model(),
                result.workload().candidates(),
                result.workers(),
                result.memoryBytes() >> 20));
        throughput(result);
        besides("Kafka to Kafka, with and without", "times as fast [95 %]", "");
        for (Result.PipelineRounds variant : result.variants()) {
            console.print(String.format(Locale.ROOT, "  %-38s %22s", variant.name(), result.besidesTheFirst(variant)));
        }
        peers(result);
        latencies(result);
    }

    void print(List<Curve> curves) {
        curves.forEach(this::curve);
    }

    private void throughput(Result result) {
        console.print(String.format(
                Locale.ROOT,
                "@|faint   %-38s %9s %9s %8s %6s %6s   %s|@",
                "",
                "pairs/s",
                "tokens/s",
                "padding",
                "cached",
                "cores",
                "of the limit [95 %]"));
        console.print(line("limit: ONNX Runtime alone", result.limit(), "1"));
        console.print(
                line("engine", result.engine(), result.ofLimit(result.engine()).toString()));
        for (Result.PipelineRounds pipeline : result.pipelines()) {
            console.print(line(
                    pipeline.name(),
                    pipeline.rounds(),
                    result.ofLimit(pipeline.rounds()).toString()));
        }
        for (Result.PeerRounds peer : result.peers()) {
            console.print(line(
                    peer.name(), peer.rounds(), result.ofLimit(peer.rounds()).toString()));
        }
    }

    private void peers(Result result) {
        if (!result.peers().isEmpty()) {
            besides("the engine beside", "times as fast [95 %]", "logits differ by");
        }
        for (Result.PeerRounds peer : result.peers()) {
            console.print(String.format(
                    Locale.ROOT, "  %-38s %22s   %.1e", peer.name(), result.besides(peer), peer.maxDifference()));
        }
    }

    private void besides(String name, String ratio, String more) {
        console.print("");
        console.print(String.format(Locale.ROOT, "@|faint   %-38s %22s   %s|@", name, ratio, more));
    }

    private void latencies(Result result) {
        console.print("");
        console.print(String.format(
                Locale.ROOT,
                "@|faint   %-38s %9s %7s %9s %9s %9s   %s|@",
                "ms a query",
                "queries/s",
                "queries",
                "p50",
                "p95",
                "p99",
                "p99 / bare p50"));
        console.print(latencies("bare inference, nothing else", "", result.bare(), result));
        for (Result.OpenLoop open : result.open()) {
            console.print(latencies(
                    OpenLoops.name(open),
                    String.format(Locale.ROOT, "%.2f", open.queriesPerSecond()),
                    open.latencies(),
                    result));
        }
    }

    private void curve(Curve curve) {
        console.print("");
        console.print("@|faint   " + curve.name() + "|@");
        console.print("@|faint   " + String.format(Locale.ROOT, "%28s ", curve.by())
                + curve.lines().stream().map(Series::name).collect(Collectors.joining(" · ")) + "|@");
        for (double place : curve.places()) {
            console.print(String.format(Locale.ROOT, "  %,28.0f ", place)
                    + curve.lines().stream().map(line -> at(line, place)).collect(Collectors.joining(" ")));
        }
    }

    private static String at(Series line, double place) {
        return line.points().stream()
                .filter(point -> point.x() == place)
                .map(point -> String.format(Locale.ROOT, "%,12.3f", point.y()))
                .findFirst()
                .orElse(" ".repeat(12));
    }

    private static String line(String name, List<Round> rounds, String ratio) {
        Round total = Result.total(rounds);
        return String.format(
                Locale.ROOT,
                "  %-38s %,9.1f %,9.0f %8s %6s %6.2f   %s",
                name,
                total.pairsPerSecond(),
                total.tokensPerSecond(),
                padding(total),
                cached(total),
                total.cores(),
                ratio);
    }

    /** Empty where it cannot be known. */
    static String padding(Round round) {
        return round.isPaddingKnown() ? percent(round.padding()) : "";
    }

    /** Empty where nothing was. */
    static String cached(Round round) {
        return round.cached() == 0 ? "" : percent(round.hitRate());
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String latencies(String name, String rate, Latencies latencies, Result result) {
        return String.format(
                Locale.ROOT,
                "  %-38s %9s %7d %9.1f %9.1f %9.1f   %.2f",
                name,
                rate,
                latencies.count(),
                latencies.percentile(50),
                latencies.percentile(95),
                latencies.percentile(99),
                result.timesBare(latencies));
    }
}
