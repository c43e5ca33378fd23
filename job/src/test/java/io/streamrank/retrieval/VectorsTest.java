// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class VectorsTest {
    @Test
    void normalizedHasUnitLengthAndLeavesTheOriginalAlone() {
        float[] vector = {3, 4};
        assertThat(Vectors.normalized(vector)).containsExactly(0.6f, 0.8f);
        assertThat(vector).containsExactly(3, 4);
    }

    @Test
    void normalizedTakesTinyAndHugeValues() {
        assertThat(Vectors.normalized(new float[] {1e-30f, 0})).containsExactly(1, 0);
        assertThat(Vectors.normalized(new float[] {3e38f, 0})).containsExactly(1, 0);
    }

    @Test
    void refusesWhatHasNoDirection() {
        assertThatThrownBy(() -> Vectors.normalized(new float[] {0, 0}))
                .hasMessage(
                        "a vector needs finite values that are not all zero to be normalised; its squared length is 0.0");
        assertThatThrownBy(() -> Vectors.normalized(new float[] {Float.NaN, 1})).hasMessageContaining("NaN");
        assertThatThrownBy(() -> Vectors.normalized(new float[] {Float.POSITIVE_INFINITY}))
                .hasMessageContaining("Infinity");
    }
}
