// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class MeanDifferenceTest {
    @Test
    void theIntervalIsStudentsOverTheQueries() {
        MeanDifference difference = MeanDifference.of(List.of(0.1, 0.2, 0.3, 0.0, -0.1));

        // Standard deviation 0.15811, over 5 queries 0.07071, times 2.77645 for 4 degrees of freedom.
        assertThat(difference.mean()).isCloseTo(0.1, within(1e-12));
        assertThat(difference.low()).isCloseTo(0.1 - 0.19632, within(1e-4));
        assertThat(difference.interval()).isEqualTo("[-0.0963, +0.2963]");
    }

    @Test
    void oneQueryHasNoInterval() {
        assertThat(MeanDifference.of(List.of(0.5)).interval()).isEmpty();
        assertThat(MeanDifference.of(List.of()).mean()).isZero();
    }
}
