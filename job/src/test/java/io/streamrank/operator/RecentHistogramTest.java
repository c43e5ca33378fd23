// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.apache.flink.metrics.HistogramStatistics;
import org.junit.jupiter.api.Test;

class RecentHistogramTest {
    private long[] values = {};

    private final RecentHistogram histogram = new RecentHistogram(() -> values);

    @Test
    void showsWhatIsKeptAtThatMoment() {
        values = new long[] {30, 10, 20};
        HistogramStatistics before = histogram.getStatistics();
        values = new long[] {7};

        assertThat(before.getQuantile(0.5)).isCloseTo(20, within(1e-9));
        assertThat(before.getMin()).isEqualTo(10);
        assertThat(before.getMax()).isEqualTo(30);
        assertThat(histogram.getCount()).isEqualTo(1);
        assertThat(histogram.getStatistics().getMean()).isCloseTo(7, within(1e-9));
    }

    @Test
    void hasNothingToShowBeforeTheFirst() {
        assertThat(histogram.getCount()).isZero();
        assertThat(histogram.getStatistics().size()).isZero();
    }

    @Test
    void isReadOnly() {
        assertThatThrownBy(() -> histogram.update(1)).isInstanceOf(UnsupportedOperationException.class);
    }
}
