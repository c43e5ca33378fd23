// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark;

import io.streamrank.benchmark.measurement.Latencies;
import io.streamrank.benchmark.measurement.Measurement;
import io.streamrank.local.console.Console;
import io.streamrank.report.ConfidenceInterval;
import io.streamrank.report.LineChart;
import io.streamrank.report.LineChart.Series;
import io.streamrank.report.ReportTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Tells the result in tables, for the terminal and the page. */
record BenchmarkTables(BenchmarkResult result) {
    private static final String RATIO = "times as fast [95 %]";

    /** Prints all tables but those of the sweeps, which take their time. */
    void print(Console console) {
        console.print("@|bold " + result.model() + "|@ · " + conditions());
        throughput().print(console);
        print(variants(), console);
        if (!result.peers().isEmpty()) {
            print(peers(), console);
        }
        print(latencies(), console);
    }

    /** Prints a sweep as a table, with a row for each of those compared. */
    static void print(LineChart sweep, Console console) {
        List<Double> places = sweep.places();
        print(
                new ReportTable(
                        sweep.title() + ", by " + sweep.label(),
                        places.stream().map(place -> format("%,.0f", place)).toList(),
                        sweep.series().stream()
                                .map(series -> new ReportTable.Row(
                                        series.name(),
                                        places.stream()
                                                .map(place -> at(series, place))
                                                .toList()))
                                .toList()),
                console);
    }

    private static void print(ReportTable table, Console console) {
        console.print("");
        table.print(console);
    }

    private static String at(Series series, double place) {
        return series.points().stream()
                .filter(point -> point.x() == place)
                .map(point -> format("%,.3f", point.y()))
                .findFirst()
                .orElse("");
    }

    String conditions() {
        return format(
                "%d candidates a query · %d runs at a time · %,d MB",
                result.workload().candidates(), result.workers(), result.memoryBytes() >> 20);
    }

    ReportTable throughput() {
        List<ReportTable.Row> rows = new ArrayList<>();
        rows.add(row("limit: ONNX Runtime alone", result.baseline(), "1"));
        rows.add(row("engine", result.engine()));
        result.pipelines().forEach(pipeline -> rows.add(row(pipeline.name(), pipeline.rounds())));
        result.peers().forEach(peer -> rows.add(row(peer.name(), peer.rounds())));
        return new ReportTable(
                "",
                List.of(
                        "pairs/s",
                        "tokens/s",
                        "padding",
                        "cached",
                        "cores",
                        "CPU µs a pair",
                        "of the job",
                        "of the limit [95 %]"),
                rows);
    }

    ReportTable variants() {
        return new ReportTable(
                "beside the first Kafka to Kafka",
                List.of(RATIO),
                result.variants().stream()
                        .map(variant -> new ReportTable.Row(variant.name(), ratio(result.besidesTheFirst(variant))))
                        .toList());
    }

    ReportTable peers() {
        return new ReportTable(
                "the engine beside",
                List.of(RATIO, "logits differ by"),
                result.peers().stream()
                        .map(peer -> new ReportTable.Row(
                                peer.name(),
                                List.of(result.besides(peer).toString(), format("%.1e", peer.maxDifference()))))
                        .toList());
    }

    ReportTable latencies() {
        List<ReportTable.Row> rows = new ArrayList<>();
        rows.add(row("bare inference, nothing else", "", result.bare()));
        rows.add(row(
                "Kafka to Kafka, passages in the query, one after the other",
                "",
                result.alone().all()));
        rows.add(row("  of that in the job", "", result.alone().job()));
        rows.add(row("  of that in its last step, reranking", "", result.alone().rerank()));
        result.open()
                .forEach(loop ->
                        rows.add(row(OpenLoops.name(loop), format("%.2f", loop.queriesPerSecond()), loop.latencies())));
        return new ReportTable(
                "ms a query", List.of("queries/s", "queries", "p50", "p95", "p99", "p99 / bare p50"), rows);
    }

    private ReportTable.Row row(String name, List<Measurement> rounds) {
        return row(name, rounds, result.ofLimit(rounds).toString());
    }

    private static ReportTable.Row row(String name, List<Measurement> rounds, String ratio) {
        Measurement total = BenchmarkResult.total(rounds);
        return new ReportTable.Row(
                name,
                List.of(
                        format("%,.1f", total.pairsPerSecond()),
                        format("%,.0f", total.tokensPerSecond()),
                        total.isPaddingKnown() ? percent(total.padding()) : "",
                        total.cached() == 0 ? "" : percent(total.hitRate()),
                        format("%.2f", total.cores()),
                        total.cpuNanos() == 0 ? "" : format("%,.0f", total.cpuMicrosAPair()),
                        total.jobNanos() == 0 ? "" : format("%,.0f", total.jobMicrosAPair()),
                        ratio));
    }

    private ReportTable.Row row(String name, String rate, Latencies latencies) {
        return new ReportTable.Row(
                name,
                List.of(
                        rate,
                        Integer.toString(latencies.count()),
                        format("%.1f", latencies.percentile(50)),
                        format("%.1f", latencies.percentile(95)),
                        format("%.1f", latencies.percentile(99)),
                        format("%.2f", result.timesBare(latencies))));
    }

    private static List<String> ratio(ConfidenceInterval interval) {
        return List.of(interval.toString());
    }

    private static String percent(double share) {
        return format("%.1f %%", 100 * share);
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
