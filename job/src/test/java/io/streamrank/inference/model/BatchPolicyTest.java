// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BatchPolicyTest {
    private static final Batching GPU = Batching.gpu(new Padding() {
        @Override
        public int rows(int items) {
            return Integer.highestOneBit(2 * items - 1);
        }
    });

    @Test
    void whatIsLeftOpenIsAsSuitsTheModelWhereItIs() {
        assertThat(BatchPolicy.defaults().suiting(Batching.CPU))
                .isEqualTo(new BatchPolicy(512, 64, Duration.ZERO, 0, 16L << 20));
        assertThat(BatchPolicy.defaults().suiting(GPU))
                .isEqualTo(new BatchPolicy(32_768, 512, Duration.ZERO, 0, 16L << 20));
        BatchPolicy said = new BatchPolicy(7, 8, Duration.ofMillis(9), 10, 11);
        assertThat(said.suiting(GPU)).isEqualTo(said);
    }

    @Test
    void theLargestBatchIsOneThatIsComputedWithoutRounding() {
        assertThat(GPU.most(512)).isEqualTo(64);
        assertThat(GPU.most(500)).isEqualTo(64);
        assertThat(GPU.most(16)).isEqualTo(512);
        assertThat(GPU.most(100_000)).isEqualTo(1);
        assertThat(Batching.CPU.most(100)).isEqualTo(5);
    }
}
