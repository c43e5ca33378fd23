// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

import io.streamrank.local.console.Console;
import io.streamrank.local.report.LineChart.Point;
import java.util.List;
import java.util.Locale;

/** The result for people. */
record Table(Console console) {
    void print(Result result) {
        console.print(String.format(
                Locale.ROOT,
                "@|bold %s|@ · %d candidates a query · %d runs at a time · parallelism %d · %,d MB",
                result.model(),
                result.workload().candidates(),
                result.workers(),
                result.parallelism(),
                result.memoryBytes() >> 20));
        console.print(String.format(
                Locale.ROOT,
                "@|faint   %-28s %9s %9s %8s %6s   %s|@",
                "",
                "pairs/s",
                "tokens/s",
                "padding",
                "cores",
                "of the limit [95 %]"));
        console.print(line("limit: ONNX Runtime alone", result.limit(), "1"));
        console.print(
                line("engine", result.engine(), result.ofLimit(result.engine()).toString()));
        console.print(line(
                "Kafka to Kafka",
                result.pipeline(),
                result.ofLimit(result.pipeline()).toString()));
        for (Result.PeerRounds peer : result.peers()) {
            console.print(line(
                    peer.name(), peer.rounds(), result.ofLimit(peer.rounds()).toString()));
        }
        peers(result);
        console.print("");
        console.print(String.format(
                Locale.ROOT, "@|faint   %-28s %9s %9s %9s %9s|@", "ms a query", "queries/s", "p50", "p95", "p99"));
        console.print(latencies("bare inference, nothing else", "", result.bare()));
        for (Result.OpenLoop open : result.open()) {
            console.print(latencies(
                    String.format(Locale.ROOT, "at %.0f %% of capacity", 100 * open.load()),
                    String.format(Locale.ROOT, "%.2f", open.queriesPerSecond()),
                    open.latencies()));
        }
        for (Curve curve : result.curves()) {
            console.print("");
            console.print("  " + curve.name() + " by " + curve.by());
            for (Point point : curve.points()) {
                console.print(String.format(Locale.ROOT, "  %,28.0f %12.3f", point.x(), point.y()));
            }
        }
    }

    private void peers(Result result) {
        if (!result.peers().isEmpty()) {
            console.print("");
            console.print(String.format(
                    Locale.ROOT,
                    "@|faint   %-36s %22s   %s|@",
                    "the engine beside",
                    "times as fast [95 %]",
                    "logits differ by"));
        }
        for (Result.PeerRounds peer : result.peers()) {
            console.print(String.format(
                    Locale.ROOT, "  %-36s %22s   %.1e", peer.name(), result.besides(peer), peer.maxDifference()));
        }
    }

    private static String line(String name, List<Round> rounds, String ratio) {
        Round total = Result.total(rounds);
        return String.format(
                Locale.ROOT,
                "  %-28s %,9.1f %,9.0f %8s %6.2f   %s",
                name,
                total.pairsPerSecond(),
                total.tokensPerSecond(),
                total.computed() == 0 ? "" : String.format(Locale.ROOT, "%.1f %%", 100 * total.padding()),
                total.cores(),
                ratio);
    }

    private static String latencies(String name, String rate, Latencies latencies) {
        return String.format(
                Locale.ROOT,
                "  %-28s %9s %9.1f %9.1f %9.1f",
                name,
                rate,
                latencies.percentile(50),
                latencies.percentile(95),
                latencies.percentile(99));
    }
}
