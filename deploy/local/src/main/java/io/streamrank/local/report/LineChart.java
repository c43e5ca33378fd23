// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.report;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * Something against something that it depends on, a line for each series, as SVG.
 *
 * @param label of the horizontal axis
 */
public record LineChart(String label, List<Series> series, Axes axes) {
    private static final int WIDTH = 560;
    private static final int HEIGHT = 300;
    private static final int LEFT = 56;
    private static final int RIGHT = 16;
    private static final int TOP = 12;
    private static final int BOTTOM = 44;
    private static final int STEPS = 4;
    private static final double LEAST_RANGE = 0.02;
    private static final double LEAST_FACTOR = 1.2;

    /** Colours that the colour-blind can tell apart (Okabe and Ito). */
    private static final List<String> COLOURS =
            List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9");

    /** On which of them equal steps are equal factors; its values are then above 0. */
    public enum Axes {
        LINEAR,
        LOGARITHMIC_X,
        LOGARITHMIC
    }

    public record Point(double x, double y) {}

    public record Series(String name, List<Point> points) {}

    public LineChart(String label, List<Series> series) {
        this(label, series, Axes.LINEAR);
    }

    public String svg() {
        Frame frame = frame();
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">", WIDTH, HEIGHT, label));
        grid(frame, svg);
        for (int i = 0; i < series.size(); i++) {
            draw(series.get(i), COLOURS.get(i % COLOURS.size()), frame, svg);
        }
        svg.append("</svg><p class=\"legend\">");
        for (int i = 0; i < series.size(); i++) {
            svg.append(String.format(
                    "<span style=\"color:%s\">●</span> %s<br>",
                    COLOURS.get(i % COLOURS.size()), Html.escape(series.get(i).name())));
        }
        return svg.append("</p>").toString();
    }

    private Frame frame() {
        double left = axes == Axes.LINEAR ? 0 : points(Point::x).min().orElse(1);
        double right = Math.max(points(Point::x).max().orElse(1), left + 1e-9);
        double lowest = points(Point::y).min().orElse(0);
        double highest = points(Point::y).max().orElse(1);
        if (axes == Axes.LOGARITHMIC) {
            return new Frame(left, right, lowest / LEAST_FACTOR, highest * LEAST_FACTOR, axes);
        }
        double margin = Math.max(highest - lowest, LEAST_RANGE) / 8;
        return new Frame(left, right, lowest - margin, highest + margin, axes);
    }

    private DoubleStream points(ToDoubleFunction<Point> coordinate) {
        return series.stream().flatMap(line -> line.points().stream()).mapToDouble(coordinate);
    }

    private void grid(Frame frame, StringBuilder svg) {
        for (int i = 0; i <= STEPS; i++) {
            double y = frame.stepUp(i);
            double x = frame.step(i);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                            + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>"
                            + "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    LEFT,
                    WIDTH - RIGHT,
                    frame.y(y),
                    frame.y(y),
                    LEFT - 6,
                    frame.y(y) + 4,
                    label(y, frame),
                    frame.x(x),
                    HEIGHT - BOTTOM + 18,
                    number(x)));
        }
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                (LEFT + WIDTH - RIGHT) / 2,
                HEIGHT - 6,
                Html.escape(label)));
    }

    private static void draw(Series line, String colour, Frame frame, StringBuilder svg) {
        String path = line.points().stream()
                .map(point -> String.format(Locale.ROOT, "%.1f,%.1f", frame.x(point.x()), frame.y(point.y())))
                .collect(Collectors.joining(" "));
        svg.append(String.format(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>", path, colour));
        for (Point point : line.points()) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"><title>%s: %.4f</title></circle>",
                    frame.x(point.x()),
                    frame.y(point.y()),
                    colour,
                    number(point.x()),
                    point.y()));
        }
    }

    private static String label(double y, Frame frame) {
        boolean large = frame.axes == Axes.LOGARITHMIC ? y >= 100 : frame.top - frame.bottom > 10;
        return large ? number(Math.rint(y)) : String.format(Locale.ROOT, "%.3f", y);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.1f", value);
    }

    /** From quantities to places; x begins at 0, or at the least value where it is logarithmic. */
    private record Frame(double left, double right, double bottom, double top, Axes axes) {
        double x(double value) {
            double share = axes == Axes.LINEAR ? value / right : Math.log(value / left) / Math.log(right / left);
            return LEFT + (WIDTH - LEFT - RIGHT) * share;
        }

        double step(int i) {
            return axes == Axes.LINEAR
                    ? right * i / STEPS
                    : Math.rint(left * Math.pow(right / left, (double) i / STEPS));
        }

        double y(double value) {
            double share = axes == Axes.LOGARITHMIC
                    ? Math.log(value / bottom) / Math.log(top / bottom)
                    : (value - bottom) / (top - bottom);
            return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share;
        }

        double stepUp(int i) {
            return axes == Axes.LOGARITHMIC
                    ? bottom * Math.pow(top / bottom, (double) i / STEPS)
                    : bottom + (top - bottom) * i / STEPS;
        }
    }
}
