// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PairedRandomizationTest {
    @Test
    void countsWinsLossesAndTies() {
        PairedRandomization test = PairedRandomization.of(new double[] {0.5, -0.25, 0, 1e-12, 0.1});

        assertThat(test.wins()).isEqualTo(2);
        assertThat(test.losses()).isEqualTo(1);
        assertThat(test.ties()).isEqualTo(2);
    }

    @Test
    void isNearTheShareOfSignAssignmentsThatAreAsExtreme() {
        // Of the 32 assignments of signs to five equal differences, two are as extreme as all of one sign.
        assertThat(PairedRandomization.of(new double[] {0.2, 0.2, 0.2, 0.2, 0.2})
                        .p())
                .isCloseTo(2 / 32.0, within(0.01));
        assertThat(PairedRandomization.of(new double[] {0.3, -0.3}).p()).isEqualTo(1);
        assertThat(PairedRandomization.of(new double[] {}).p()).isEqualTo(1);
    }

    @Test
    void isSureOfALargeDifferenceAndTheSameAtEveryRun() {
        double[] differences = new double[60];
        Arrays.setAll(differences, i -> i % 10 == 0 ? -0.1 : 0.2);

        assertThat(PairedRandomization.of(differences).p()).isLessThan(0.001);
        assertThat(PairedRandomization.of(differences)).isEqualTo(PairedRandomization.of(differences));
    }
}
