// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.onnx.OnnxSession.Output;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BucketedPaddingTest {
    private final BucketedPadding gpu = new BucketedPadding(true, 500);
    private final BucketedPadding cpu = new BucketedPadding(false, 500);

    @Test
    void areAsLargeAsTheTextsOnACpu() {
        assertThat(cpu.rows(5)).isEqualTo(5);
        assertThat(cpu.columns(17)).isEqualTo(17);
    }

    @Test
    void areFewOnAGpuAndNeverBeyondTheModelsLimit() {
        Set<Integer> columns = new HashSet<>();
        for (int tokens = 1; tokens <= 500; tokens++) {
            assertThat(gpu.columns(tokens)).isBetween(tokens, 500);
            columns.add(gpu.columns(tokens));
        }
        assertThat(columns).hasSize(8 + 6);
        assertThat(List.of(gpu.rows(1), gpu.rows(2), gpu.rows(3), gpu.rows(64), gpu.rows(65)))
                .containsExactly(1, 2, 4, 64, 128);
    }

    @Test
    void rowsThatOnlyFillTheShapeAreLeftOutOfTheOutput() {
        List<Encoding> three = List.of(encoding(7), encoding(8), encoding(9));
        PaddedBatch batch = PaddedBatch.of(three, 0, gpu);
        assertThat(batch.rows()).isEqualTo(4);
        assertThat(batch.columns()).isEqualTo(16);
        assertThat(batch.ids()[3 * 16]).isEqualTo(9);

        Output output = new Output("logits", new float[] {1, 2, 3, 4, 5, 6, 7, 8}, new long[] {4, 2}).first(3);
        assertThat(output.values()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(output.shape()).containsExactly(3, 2);
    }

    private static Encoding encoding(int id) {
        return new Encoding(new int[] {id, id}, 2, false);
    }
}
