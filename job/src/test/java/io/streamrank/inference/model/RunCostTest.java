// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.streamrank.inference.model.Batching.RunCost;
import io.streamrank.inference.model.Batching.RunCost.Timing;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RunCostTest {
    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void findsTheCostsThatMadeTheTimes(long seed) {
        Random random = new Random(seed);
        RunCost made =
                new RunCost(random.nextInt(3_000_000), 1 + random.nextInt(300_000), random.nextInt(2) * random.nextInt(300));
        RunCost found = RunCost.fit(timings(made, random, 0));
        assertThat(found.nanos(32, 100)).isCloseTo(made.nanos(32, 100), within(0.001 * made.nanos(32, 100)));
        assertThat(found.perRun()).isCloseTo(made.perRun(), within(0.001 * made.nanos(1, 16)));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void isNearTheCostsWhereTimesVaryAndNeverNegative(long seed) {
        Random random = new Random(seed);
        RunCost made = new RunCost(random.nextInt(2) * 1_500_000, 300, 0);
        RunCost found = RunCost.fit(timings(made, random, 0.1));
        assertThat(found.nanos(32, 100)).isCloseTo(made.nanos(32, 100), within(0.25 * made.nanos(32, 100)));
        assertThat(List.of(found.perRun(), found.perToken(), found.perAttention()))
                .allMatch(cost -> cost >= 0);
    }

    @Test
    void aSingleTimeIsEnough() {
        assertThat(RunCost.fit(List.of(new Timing(1, 10, 1_000))).nanos(1, 10)).isCloseTo(1_000, within(1.0));
    }

    @Test
    void costsAreNotNegative() {
        assertThatThrownBy(() -> new RunCost(1, -1, 0)).hasMessage("costs must not be negative: 1.0, -1.0, 0.0");
    }

    private static List<Timing> timings(RunCost cost, Random random, double noise) {
        return Stream.of(new int[] {1, 16}, new int[] {1, 64}, new int[] {1, 256}, new int[] {8, 64}, new int[] {64, 256})
                .map(shape -> new Timing(
                        shape[0],
                        shape[1],
                        Math.round(cost.nanos(shape[0], shape[1]) * (1 + noise * random.nextDouble()))))
                .toList();
    }
}
