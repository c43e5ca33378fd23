// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class VectorsTest {
    private final Random random = new Random(1);

    @Test
    void dotEqualsTheSumInDoublePrecisionForEveryLengthAndOffset() {
        for (int length = 1; length < 70; length++) {
            float[] a = random(length);
            float[] slab = random(length + 9);
            for (int offset = 0; offset < 9; offset++) {
                double expected = 0;
                for (int i = 0; i < length; i++) {
                    expected += (double) a[i] * slab[offset + i];
                }
                assertThat((double) Vectors.dot(a, slab, offset)).isCloseTo(expected, within(1e-5));
            }
        }
    }

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

    private float[] random(int length) {
        float[] vector = new float[length];
        for (int i = 0; i < length; i++) {
            vector[i] = random.nextFloat() - 0.5f;
        }
        return vector;
    }
}
