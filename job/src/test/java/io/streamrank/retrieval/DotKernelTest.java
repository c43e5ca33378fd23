// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DotKernelTest {
    private final Random random = new Random(7);

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 384, 1_024})
    void theVectorApiGivesTheBitsThatAnyJvmGives(int rows) {
        float[] query = numbers(rows);
        float[] values = numbers(rows * VectorBlock.LANES);
        float[] plain = numbers(VectorBlock.LANES);
        float[] vectorised = numbers(VectorBlock.LANES);

        new TiledKernel().dots(query, values, plain);
        DotKernel best = DotKernel.best();
        best.dots(query, values, vectorised);

        assertThat(best.getClass().getSimpleName()).isEqualTo("VectorApiKernel"); // the tests' JVM has the module
        assertThat(vectorised).containsExactly(plain);
        assertThat((double) plain[77]).isCloseTo(exact(query, values, 77), within(1e-3));
    }

    private static double exact(float[] query, float[] values, int lane) {
        double sum = 0;
        for (int i = 0; i < query.length; i++) {
            sum += (double) query[i] * values[i * VectorBlock.LANES + lane];
        }
        return sum;
    }

    private float[] numbers(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat() - 0.5f;
        }
        return numbers;
    }
}
