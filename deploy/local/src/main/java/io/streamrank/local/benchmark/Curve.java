// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

import io.streamrank.local.report.LineChart;
import java.util.List;

/**
 * How something grows.
 *
 * @param name what grows, with its unit
 * @param by with what
 */
record Curve(String name, String by, List<LineChart.Point> points) {
    Curve {
        points = List.copyOf(points);
    }
}
