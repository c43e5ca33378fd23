// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.inference.model.Batching.RunCost;
import io.streamrank.inference.model.Encoding;
import io.streamrank.local.console.InputException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatedAcceleratorTest {
    @Test
    void readsItsCostsAndTakesTheTimeThatTheySay() {
        SimulatedAccelerator accelerator = of("simulated:a=1.5ms,b=0.3us,c=2ns,runs=3");
        assertThat(accelerator).isEqualTo(new SimulatedAccelerator(new RunCost(1_500_000, 300, 2), 3));
        assertThat(accelerator.nanos(10, 100)).isEqualTo(1_500_000 + 300 * 1_000 + 2 * 10 * 10_000);
        assertThat(of("simulated:b=1us,a=0ms")).isEqualTo(new SimulatedAccelerator(new RunCost(0, 1_000, 0), 2));
    }

    @Test
    void leavesTheNamesOfRealModelsAlone() {
        assertThat(SimulatedAccelerator.of(null)).isNull();
        assertThat(SimulatedAccelerator.of("builtin:streamrank-minilm-l6-v2")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "simulated:",
                "simulated:a=1ms",
                "simulated:b=1us",
                "simulated:a=1,b=1us",
                "simulated:a=1ms,b=1us,runs=0",
                "simulated:a=1ms,b=1us,runs=65",
                "simulated:a=1ms,b=1us,d=1us",
                "simulated:a=-1ms,b=1us"
            })
    void refusesWhatItCannotRead(String model) {
        assertThatThrownBy(() -> SimulatedAccelerator.of(model))
                .isInstanceOf(InputException.class)
                .hasMessage("--model " + model + " is no simulated accelerator: write"
                        + " simulated:a=TIME,b=TIME[,c=TIME][,runs=N] with times such as 1.5ms or 0.3us and 1 to 64"
                        + " runs");
    }

    @Test
    void aLogitDependsOnThePairAlone() {
        List<Float> logits = List.of(logit(1, 2, 3), logit(3, 2, 1), logit(1, 2, 3));
        assertThat(logits.get(0)).isEqualTo(logits.get(2)).isNotEqualTo(logits.get(1));
        assertThat(logits).allMatch(logit -> logit >= -5 && logit < 5);
    }

    private static float logit(int... ids) {
        return SimulatedCrossEncoder.logit(new Encoding(ids, ids.length, false));
    }

    private static SimulatedAccelerator of(String model) {
        return Objects.requireNonNull(SimulatedAccelerator.of(model));
    }
}
