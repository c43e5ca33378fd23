// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.inference.model.InferenceException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulatedRunsTest {
    private final List<Long> slept = new ArrayList<>();
    private long now = 7;
    private long late;
    private final SimulatedRuns runs = new SimulatedRuns(1, () -> now, nanos -> {
        slept.add(nanos);
        now += nanos + late;
        late = Math.max(0, late);
    });

    @Test
    void aRunTakesItsTime() throws InferenceException {
        runs.run(1_000);
        assertThat(now).isEqualTo(1_007);
        assertThat(slept).containsExactly(1_000L);
    }

    @Test
    void whatATimerIsLateIsGivenBackSoThatManyRunsTakeAsLongAsTheyShould() throws InferenceException {
        late = 60_000;
        for (int i = 0; i < 100; i++) {
            runs.run(1_000_000);
        }
        assertThat(now - 7).isEqualTo(100 * 1_000_000L + late);
    }

    @Test
    void moreThanATimerIsLateIsLost() throws InferenceException {
        late = 10 * SimulatedRuns.TIMER_NANOS;
        runs.run(1_000_000);
        runs.run(1_000_000);
        assertThat(slept).containsExactly(1_000_000L, 1_000_000 - SimulatedRuns.TIMER_NANOS);
    }

    @Test
    void sleepsAgainWhereTheTimerIsEarly() throws InferenceException {
        late = -300;
        runs.run(1_000);
        assertThat(slept).containsExactly(1_000L, 300L);
    }

    @Test
    void anInterruptEndsTheRunAndFreesItsPlace() throws InferenceException {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> runs.run(1_000))
                .isInstanceOf(InferenceException.class)
                .hasMessage("the run was interrupted");
        runs.run(1_000);
        assertThat(slept).hasSize(2);
    }
}
