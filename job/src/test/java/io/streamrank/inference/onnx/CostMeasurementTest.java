// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.Batching.RunCost;
import io.streamrank.inference.onnx.OnnxSession.Output;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CostMeasurementTest {
    private static final Encoding FIRST = new Encoding(new int[] {1, 2, 3}, 2, false);
    private static final Output OUTPUT = new Output("logits", new float[0], new long[0]);
    private static final Batching GPU = Batching.gpu(new BucketedPadding(true, 512));

    private final List<List<Integer>> shapes = new ArrayList<>();
    private long now;

    @Test
    void findsOutWhatRunsCostOnAnyDevice() {
        for (RunCost cost : List.of(new RunCost(1_500_000, 300, 1), new RunCost(50_000, 60_000, 20))) {
            for (Batching batching : List.of(GPU, Batching.CPU)) {
                RunCost found = measure(batching, 512, cost);
                assertThat(found.perRun()).isCloseTo(cost.perRun(), within(0.01 * cost.perRun()));
                assertThat(found.perToken()).isCloseTo(cost.perToken(), within(0.01 * cost.perToken()));
            }
        }
    }

    @Test
    void runsSmallAndFullBatchesOfShortAndLongTexts() {
        RunCost unused = measure(Batching.CPU, 512, new RunCost(1, 1, 0));
        assertThat(shapes.stream().distinct())
                .containsExactly(
                        List.of(1, 16),
                        List.of(8, 16),
                        List.of(32, 16),
                        List.of(1, 64),
                        List.of(2, 64),
                        List.of(8, 64),
                        List.of(1, 256),
                        List.of(2, 256));
    }

    @Test
    void aSlowModelRunsEachShapeOnce() {
        RunCost unused = measure(Batching.CPU, 20, new RunCost(3e9, 1, 0));
        assertThat(shapes).doesNotHaveDuplicates().hasSize(6);
    }

    @Test
    void aBatchThatDoesNotFitTheDeviceIsLeftOut() {
        RunCost cost = new RunCost(1_000, 10, 0);
        RunCost found = CostMeasurement.measure(
                GPU,
                Integer.MAX_VALUE,
                512,
                FIRST,
                batch -> {
                    if (batch.size() > 100) {
                        throw new InferenceException("out of memory");
                    }
                    return run(batch, GPU, cost);
                },
                () -> now);
        assertThat(found.perToken()).isCloseTo(10, within(0.1));
        assertThat(CostMeasurement.measure(
                        GPU,
                        1,
                        512,
                        FIRST,
                        batch -> {
                            throw new InferenceException("out of memory");
                        },
                        () -> now))
                .isEqualTo(RunCost.UNKNOWN);
    }

    private RunCost measure(Batching batching, int longest, RunCost cost) {
        return CostMeasurement.measure(
                batching, Integer.MAX_VALUE, longest, FIRST, batch -> run(batch, batching, cost), () -> now);
    }

    private Output run(List<Encoding> batch, Batching batching, RunCost cost) {
        int columns = batch.get(0).tokens();
        shapes.add(List.of(batch.size(), columns));
        now += Math.round(cost.nanos(
                batching.padding().rows(batch.size()), batching.padding().columns(columns)));
        return OUTPUT;
    }
}
