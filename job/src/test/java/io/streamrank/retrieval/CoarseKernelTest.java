// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoarseKernelTest {
    private final Random random = new Random(7);

    @ParameterizedTest
    @CsvSource({"4,1", "4,128", "8,2", "384,1", "384,64", "384,128", "4096,128"})
    void multipliesExactly(int rows, int width) {
        for (boolean extreme : new boolean[] {false, true}) {
            int[] query = new int[rows];
            for (int i = 0; i < rows; i++) {
                query[i] = extreme ? (i % 2 * 2 - 1) * (i % 3 == 0 ? -63 : 63) : random.nextInt(127) - 63;
            }
            int[] words = new int[rows * width];
            for (int i = 0; i < words.length; i++) {
                words[i] = extreme ? 0x7F7F7F7F : random.nextInt() & 0x7F7F7F7F;
            }
            CoarseKernel kernel = new CoarseKernel();
            int[] few = kernel.productsOfFew(query, words, width);
            for (int lane = 0; lane < 4 * width; lane++) {
                assertThat(few[CoarseKernel.first() + lane]).isEqualTo(product(query, words, width, lane));
            }
            if (width == VectorBlock.WIDTH) {
                int[] all = Arrays.copyOfRange(kernel.products(query, words), CoarseKernel.first(), few.length);
                int[] expected = new CoarseKernel().productsOfFew(query, words, width);
                assertThat(all).isEqualTo(Arrays.copyOfRange(expected, CoarseKernel.first(), few.length));
            }
        }
    }

    private static int product(int[] query, int[] words, int width, int lane) {
        int sum = 0;
        for (int i = 0; i < query.length; i++) {
            sum += query[i] * ((words[i * width + lane % width] >>> (8 * (lane / width))) & 0xFF);
        }
        return sum;
    }
}
