// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.onnx.OnnxSession.Output;
import java.util.ArrayList;
import java.util.Collections;
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
        assertThat(columns).hasSize(32 + 16);
        assertThat(List.of(gpu.columns(1), gpu.columns(8), gpu.columns(9), gpu.columns(257), gpu.columns(490)))
                .containsExactly(8, 8, 16, 272, 496);
        assertThat(List.of(gpu.rows(1), gpu.rows(3), gpu.rows(16), gpu.rows(17), gpu.rows(32), gpu.rows(33), gpu.rows(65)))
                .containsExactly(1, 3, 16, 18, 32, 36, 72);
    }

    @Test
    void roundingAddsAnEighthAtMostBeyondAFewRowsAndASixteenthBeyondAFewColumns() {
        BucketedPadding large = new BucketedPadding(true, 8_192);
        for (int i = 1; i <= 8_192; i++) {
            assertThat(large.rows(i)).isBetween(i, i + i / 8);
            assertThat(large.columns(i)).isBetween(i, i + Math.max(7, i / 16));
            assertThat(large.rows(large.rows(i))).isEqualTo(large.rows(i));
            assertThat(large.columns(large.columns(i))).isEqualTo(large.columns(i));
        }
    }

    @Test
    void rowsThatOnlyFillTheShapeAreLeftOutOfTheOutput() {
        List<Encoding> seventeen = new ArrayList<>(Collections.nCopies(16, encoding(8)));
        seventeen.add(encoding(9));
        PaddedBatch batch = PaddedBatch.of(seventeen, 0, gpu);
        assertThat(batch.rows()).isEqualTo(18);
        assertThat(batch.columns()).isEqualTo(8);
        assertThat(batch.ids()[17 * 8]).isEqualTo(9);

        Output output = new Output("logits", new float[] {1, 2, 3, 4, 5, 6, 7, 8}, new long[] {4, 2}).first(3);
        assertThat(output.values()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(output.shape()).containsExactly(3, 2);
    }

    private static Encoding encoding(int id) {
        return new Encoding(new int[] {id, id}, 2, false);
    }
}
