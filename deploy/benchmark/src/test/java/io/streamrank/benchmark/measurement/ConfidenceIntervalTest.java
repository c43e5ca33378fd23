// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.measurement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConfidenceIntervalTest {
    @Test
    void isStudentsIntervalOfTheMean() {
        ConfidenceInterval interval = ConfidenceInterval.of(0.9, 1.0, 1.1, 1.0);
        assertThat(interval.mean()).isCloseTo(1, within(1e-12));
        // t(3) at 97.5 % is 3.182, the standard error 0.0408.
        assertThat(interval.low()).isCloseTo(0.8701, within(1e-4));
        assertThat(interval.high()).isCloseTo(1.1299, within(1e-4));
    }

    @Test
    void ofASingleValueIsWithoutBounds() {
        assertThat(ConfidenceInterval.of(0.9))
                .isEqualTo(new ConfidenceInterval(0.9, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY));
    }

    @Test
    void percentilesAreTheSmallestThatSoManyDoNotExceed() {
        Latencies latencies = Latencies.of(List.of(4_000_000L, 1_000_000L, 3_000_000L, 2_000_000L));
        assertThat(latencies.percentile(50)).isEqualTo(2);
        assertThat(latencies.percentile(51)).isEqualTo(3);
        assertThat(latencies.percentile(99)).isEqualTo(4);
    }
}
