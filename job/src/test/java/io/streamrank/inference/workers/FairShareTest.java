// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.workers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FairShareTest {
    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void isAnEighthOfAllThatIsSpentButForATurn(long seed) {
        Random random = new Random(seed);
        int longest = 1 + random.nextInt(1_000);
        FairShare share = new FairShare(1 + random.nextInt(1_000));
        long own = 0;
        long others = 0;
        for (int step = 0; step < 20_000; step++) {
            long spent = 1L + random.nextInt(longest);
            if (share.isDue()) {
                share.settle(share.reserve(), spent);
                own += spent;
                assertThat(7 * own).isLessThanOrEqualTo(others + 7L * longest);
            } else {
                share.earn(1 + spent / 10);
                others += 1 + spent / 10;
            }
            assertThat(7 * own).isGreaterThanOrEqualTo(others - 7 * 2_000);
        }
    }

    @Test
    void nothingIsKeptForThoseWhoWereServedMeanwhile() {
        FairShare share = new FairShare(10);
        share.earn(69);
        share.settle(0, 10);
        share.earn(69);
        assertThat(share.isDue()).isFalse();
        share.earn(1);
        assertThat(share.isDue()).isTrue();
    }
}
