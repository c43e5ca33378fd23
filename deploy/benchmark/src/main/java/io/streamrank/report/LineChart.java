// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.report;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Plots something against something that it depends on, a line for each series.
 *
 * @param title above the chart; may be empty
 * @param label of the horizontal axis
 * @param series at least one, of those that are compared
 */
public record LineChart(String title, String label, List<Series> series, Axes axes) {
    private static final int STEPS = 4;
    private static final double LEAST_RANGE = 0.02;
    private static final double LEAST_FACTOR = 1.2;

    /** Colours that the colour-blind can tell apart (Okabe and Ito). */
    private static final List<String> COLOURS =
            List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9");

    /** Says on which axes equal steps are equal factors; their values are then above 0. */
    public enum Axes {
        LINEAR,
        LOGARITHMIC_X,
        LOGARITHMIC
    }

    /** Holds a measured value, and what it depends on. */
    public record Point(double x, double y) {}

    /** Holds a line of points, with x ascending. */
    public record Series(String name, List<Point> points) {
        public Series {
            points = List.copyOf(points);
        }
    }

    public LineChart {
        series = List.copyOf(series);
    }

    /** Returns all x at which a series has a point, ascending. */
    public List<Double> places() {
        return points(Point::x).distinct().sorted().boxed().toList();
    }

    /** Returns the chart as SVG with its legend below. */
    public String svg() {
        Scale x = horizontal();
        Scale y = vertical();
        List<Tick> rows = IntStream.rangeClosed(0, STEPS)
                .mapToDouble(step -> y.at((double) step / STEPS))
                .mapToObj(value -> new Tick(y.place(value), y.label(value)))
                .toList();
        List<Tick> columns = IntStream.rangeClosed(0, STEPS)
                .mapToDouble(step -> x.at((double) step / STEPS))
                .map(value -> axes == Axes.LINEAR ? value : Math.rint(value))
                .mapToObj(value -> new Tick(x.place(value), number(value)))
                .toList();
        List<Line> lines = IntStream.range(0, series.size())
                .mapToObj(i -> line(series.get(i), COLOURS.get(i % COLOURS.size()), x, y))
                .toList();
        return HtmlReport.render("report/line-chart", new View(label, rows, columns, lines));
    }

    /** Begins at 0, or at the least value where it is logarithmic. */
    private Scale horizontal() {
        double least = axes == Axes.LINEAR ? 0 : points(Point::x).min().orElse(1);
        double most = Math.max(points(Point::x).max().orElse(1), least + 1e-9);
        return new Scale(least, most, 56, 544, axes != Axes.LINEAR);
    }

    /** Leaves some room above and below the values. */
    private Scale vertical() {
        double least = points(Point::y).min().orElse(0);
        double most = points(Point::y).max().orElse(1);
        if (axes == Axes.LOGARITHMIC) {
            return new Scale(least / LEAST_FACTOR, most * LEAST_FACTOR, 256, 12, true);
        }
        double margin = Math.max(most - least, LEAST_RANGE) / 8;
        return new Scale(least - margin, most + margin, 256, 12, false);
    }

    private DoubleStream points(ToDoubleFunction<Point> coordinate) {
        return series.stream().flatMap(line -> line.points().stream()).mapToDouble(coordinate);
    }

    private static Line line(Series series, String colour, Scale x, Scale y) {
        List<Dot> dots = series.points().stream()
                .map(point -> new Dot(
                        x.place(point.x()),
                        y.place(point.y()),
                        String.format(Locale.ROOT, "%s: %.4f", number(point.x()), point.y())))
                .toList();
        return new Line(series.name(), colour, dots);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.1f", value);
    }

    /** Maps quantities from {@code least} to {@code most} to places from {@code begin} to {@code end}. */
    private record Scale(double least, double most, int begin, int end, boolean logarithmic) {
        /** Returns the quantity at that share of the axis. */
        double at(double share) {
            return logarithmic ? least * Math.pow(most / least, share) : least + (most - least) * share;
        }

        String place(double value) {
            double share =
                    logarithmic ? Math.log(value / least) / Math.log(most / least) : (value - least) / (most - least);
            return String.format(Locale.ROOT, "%.1f", begin + (end - begin) * share);
        }

        String label(double value) {
            boolean large = logarithmic ? value >= 100 : most - least > 10;
            return large ? number(Math.rint(value)) : String.format(Locale.ROOT, "%.3f", value);
        }
    }

    /** Holds what the template names. */
    record View(String label, List<Tick> rows, List<Tick> columns, List<Line> lines) {}

    record Tick(String place, String text) {}

    record Line(String name, String colour, List<Dot> dots) {
        String path() {
            return dots.stream().map(dot -> dot.x() + "," + dot.y()).collect(Collectors.joining(" "));
        }
    }

    record Dot(String x, String y, String text) {}
}
