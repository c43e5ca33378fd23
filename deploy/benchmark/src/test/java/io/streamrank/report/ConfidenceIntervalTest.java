// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
}
