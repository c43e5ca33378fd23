// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

import io.streamrank.local.report.LineChart;
import java.util.Comparator;
import java.util.List;

/**
 * How something grows.
 *
 * @param name what grows, with its unit
 * @param by with what
 * @param lines at least one, of those that are compared
 */
record Curve(String name, String by, List<LineChart.Series> lines, LineChart.Axes axes) {
    Curve {
        lines = List.copyOf(lines);
    }

    /** Of one alone. */
    static Curve of(String name, String by, List<LineChart.Point> points, LineChart.Axes axes) {
        return new Curve(name, by, List.of(new LineChart.Series(name, points)), axes);
    }

    /** Where there are points, ascending. */
    List<Double> places() {
        return lines.stream()
                .flatMap(line -> line.points().stream())
                .map(LineChart.Point::x)
                .distinct()
                .sorted(Comparator.naturalOrder())
                .toList();
    }
}
