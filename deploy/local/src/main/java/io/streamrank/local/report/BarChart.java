// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.report;

import java.util.List;
import java.util.Locale;

/** One bar for each query, as SVG: up where reranking gained, down where it lost. */
public record BarChart(List<Bar> bars) {
    private static final int WIDTH = 1_140;
    private static final int HEIGHT = 220;
    private static final int LEFT = 48;

    /**
     * A bar.
     *
     * @param difference in [-1, 1]
     */
    public record Bar(String name, double difference) {}

    public String svg() {
        double most = Math.max(
                0.1,
                bars.stream()
                        .mapToDouble(bar -> Math.abs(bar.difference()))
                        .max()
                        .orElse(1));
        double middle = HEIGHT / 2.0;
        double scale = (middle - 12) / most;
        double step = (double) (WIDTH - LEFT) / Math.max(1, bars.size());
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"per query\">", WIDTH, HEIGHT));
        for (int sign = -1; sign <= 1; sign++) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                            + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%+.2f</text>",
                    LEFT,
                    WIDTH,
                    middle - sign * most * scale,
                    middle - sign * most * scale,
                    LEFT - 6,
                    middle - sign * most * scale + 4,
                    sign * most));
        }
        for (int i = 0; i < bars.size(); i++) {
            double difference = bars.get(i).difference();
            double height = Math.max(Math.abs(difference) * scale, 0.5);
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" class=\"%s\"><title>%s: %+.4f</title></rect>",
                    LEFT + i * step,
                    difference > 0 ? middle - height : middle,
                    Math.max(step * 0.9, 0.3),
                    height,
                    difference < 0 ? "lost" : "won",
                    Html.brief(bars.get(i).name(), 120),
                    difference));
        }
        return svg.append("</svg>").toString();
    }
}
