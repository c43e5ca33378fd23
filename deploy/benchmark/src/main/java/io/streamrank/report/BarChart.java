// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Plots one bar for each query: up where reranking gained, down where it lost. */
public record BarChart(List<Bar> bars) {
    private static final int LEFT = 48;
    private static final int RIGHT = 1_140;
    private static final int MIDDLE = 110;
    private static final int HALF = 98;
    private static final double LEAST_RANGE = 0.1;

    /**
     * Holds a query's difference.
     *
     * @param difference in [-1, 1]
     */
    public record Bar(String name, double difference) {}

    public BarChart {
        bars = List.copyOf(bars);
    }

    /** Returns the chart as SVG. */
    public String svg() {
        double most =
                bars.stream().mapToDouble(bar -> Math.abs(bar.difference())).reduce(LEAST_RANGE, Math::max);
        double width = (double) (RIGHT - LEFT) / Math.max(1, bars.size());
        List<Row> rows = IntStream.rangeClosed(-1, 1)
                .mapToObj(sign -> new Row(MIDDLE - sign * HALF, String.format(Locale.ROOT, "%+.2f", sign * most)))
                .toList();
        List<Rectangle> rectangles = IntStream.range(0, bars.size())
                .mapToObj(i -> rectangle(bars.get(i), LEFT + i * width, width, HALF / most))
                .toList();
        return HtmlReport.render("report/bar-chart", new View(rows, rectangles));
    }

    private static Rectangle rectangle(Bar bar, double x, double width, double scale) {
        double height = Math.max(Math.abs(bar.difference()) * scale, 0.5);
        return new Rectangle(
                decimals(x),
                decimals(bar.difference() > 0 ? MIDDLE - height : MIDDLE),
                decimals(Math.max(width * 0.9, 0.3)),
                decimals(height),
                bar.difference() < 0 ? "lost" : "won",
                String.format(Locale.ROOT, "%s: %+.4f", bar.name(), bar.difference()));
    }

    private static String decimals(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /** What the template names. */
    private record View(List<Row> rows, List<Rectangle> bars) {}

    private record Row(int y, String text) {}

    private record Rectangle(String x, String y, String width, String height, String kind, String text) {}
}
