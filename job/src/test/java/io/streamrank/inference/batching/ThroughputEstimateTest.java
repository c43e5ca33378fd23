// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class ThroughputEstimateTest {
    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    private final ThroughputEstimate throughput = new ThroughputEstimate();
    private long now = Long.MAX_VALUE - 5; // nanoTime may be anything, and overflow

    @Test
    void isTokensByTheTimeOnTheClock() {
        throughput.start(now);
        runs(30, 100, 50);
        assertThat(msFor(2_000)).isEqualTo(1_000);
        assertThat(msFor(0)).isZero();
    }

    @Test
    void runsAtTheSameTimeAddUp() {
        throughput.start(now);
        for (int i = 0; i < 30; i++) {
            runs(1, 100, 50);
            runs(3, 100, 0);
        }
        assertThat(msFor(8_000)).isEqualTo(1_000);
    }

    @Test
    void saysNothingBeforeASecondWasMeasured() {
        throughput.start(now);
        runs(18, 100, 50);
        assertThat(msFor(1_000_000)).isZero();
        runs(20, 100, 50);
        assertThat(msFor(1_000_000)).isPositive();
    }

    @Test
    void timeInWhichNothingWaitsDoesNotCount() {
        for (int i = 0; i < 30; i++) {
            throughput.start(now);
            throughput.start(now);
            runs(4, 100, 50);
            throughput.stop();
            now += 50 * MILLISECOND;
            runs(1, 100, 0);
        }
        assertThat(msFor(2_000)).isEqualTo(1_000);
    }

    @Test
    void saysNothingOfAModelThatIsUsedLessThanHalfTheTime() {
        for (int i = 0; i < 100; i++) {
            throughput.start(now);
            runs(4, 100, 50);
            throughput.stop();
            now += 300 * MILLISECOND;
            assertThat(msFor(1_000_000)).isZero();
        }
    }

    @Test
    void aRunThatWasGivenUpSaysNothing() {
        throughput.start(now);
        runs(30, 100, 50);
        runs(1, 0, 1_000);
        runs(30, 100, 50);
        assertThat(msFor(2_000)).isEqualTo(1_000);
    }

    @Test
    void forgetsWhatWasLongAgo() {
        throughput.start(now);
        runs(200, 100, 50);
        runs(100, 100, 100);
        assertThat(msFor(1_000)).isCloseTo(1_000, Percentage.withPercentage(2));
        now += 1_500 * MILLISECOND;
        assertThat(msFor(1_000)).isZero();
    }

    private long msFor(long tokens) {
        return Math.round(throughput.nanosFor(tokens, now) / (double) MILLISECOND);
    }

    private void runs(int runs, int tokens, int ms) {
        for (int i = 0; i < runs; i++) {
            now += ms * MILLISECOND;
            throughput.ran(tokens, now);
        }
    }
}
