// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.streamrank.report.LineChart.Axes;
import io.streamrank.report.LineChart.Point;
import io.streamrank.report.LineChart.Series;
import java.util.List;
import java.util.regex.Pattern;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LineChartTest {
    private static final Offset<Double> ROUNDED = within(0.2);
    private static final List<Series> TENFOLD =
            List.of(new Series("s", List.of(new Point(1, 1), new Point(10, 100), new Point(100, 10_000))));

    @Test
    void equalFactorsAreEqualStepsWhereAxesAreLogarithmic() {
        List<Double> places = places(new LineChart("", "x", TENFOLD, Axes.LOGARITHMIC).svg());

        assertThat(places.get(2) - places.get(0)).isCloseTo(places.get(4) - places.get(2), ROUNDED);
        assertThat(places.get(1) - places.get(3)).isCloseTo(places.get(3) - places.get(5), ROUNDED);
        assertThat(places.get(1)).isGreaterThan(places.get(5));
    }

    @Test
    void equalDifferencesAreEqualStepsWhereTheyAreNot() {
        List<Double> places = places(new LineChart("", "x", TENFOLD, Axes.LINEAR).svg());

        assertThat((places.get(4) - places.get(2)) / (places.get(2) - places.get(0)))
                .isCloseTo(10, ROUNDED);
    }

    /** x and y of the line's points, in turn. */
    private static List<Double> places(String svg) {
        return Pattern.compile("polyline points=\"([^\"]*)\"")
                .matcher(svg)
                .results()
                .flatMap(line -> List.of(line.group(1).split("[ ,]")).stream())
                .map(Double::valueOf)
                .toList();
    }
}
