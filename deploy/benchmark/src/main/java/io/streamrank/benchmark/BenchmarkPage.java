// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark;

import io.streamrank.benchmark.measurement.Latencies;
import io.streamrank.benchmark.measurement.Measurement;
import io.streamrank.report.LineChart;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Gives the template {@code benchmark/report.mustache} what it names. */
record BenchmarkPage(BenchmarkResult result) {
    private static final List<Double> PERCENTILES = List.of(1.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0);

    String title() {
        return result.model();
    }

    String summary() {
        return result.workload().name() + ", " + tables().conditions();
    }

    BenchmarkTables tables() {
        return new BenchmarkTables(result);
    }

    boolean hasPeers() {
        return !result.peers().isEmpty();
    }

    List<LineChart> charts() {
        return Stream.concat(Stream.of(rounds(), distributions()), result.sweeps().stream())
                .toList();
    }

    private LineChart rounds() {
        List<LineChart.Series> series = new ArrayList<>();
        series.add(series("limit", result.baseline()));
        series.add(series("engine", result.engine()));
        result.pipelines().forEach(pipeline -> series.add(series(pipeline.name(), pipeline.rounds())));
        return new LineChart("pairs/s", "round", series, LineChart.Axes.LINEAR);
    }

    private static LineChart.Series series(String name, List<Measurement> rounds) {
        List<LineChart.Point> points = new ArrayList<>();
        for (Measurement round : rounds) {
            points.add(new LineChart.Point(points.size() + 1, round.pairsPerSecond()));
        }
        return new LineChart.Series(name, points);
    }

    private LineChart distributions() {
        Stream<LineChart.Series> open =
                result.open().stream().map(loop -> distribution(OpenLoops.name(loop), loop.latencies()));
        List<LineChart.Series> series = Stream.concat(Stream.of(distribution("bare inference", result.bare())), open)
                .toList();
        return new LineChart("ms a query", "per cent of queries", series, LineChart.Axes.LINEAR);
    }

    private static LineChart.Series distribution(String name, Latencies latencies) {
        return new LineChart.Series(
                name,
                PERCENTILES.stream()
                        .map(percent -> new LineChart.Point(percent, latencies.percentile(percent)))
                        .toList());
    }
}
