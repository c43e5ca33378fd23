// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.model.Padding;

/**
 * Chooses the size of a batch's tensors. On a CPU they are as large as the texts need. On a GPU they are rounded up to a few
 * sizes: it has cores to spare, and its memory use grows until it has seen every size.
 *
 * @param rounded whether to round up
 * @param maxTokens longest input of the model
 */
public record BucketedPadding(boolean rounded, int maxTokens) implements Padding {
    /** A GPU's matrix units take numbers by eights. */
    private static final int LEAST_STEP = 8;

    private static final int ROW_STEPS = 8;
    private static final int COLUMN_STEPS = 16;

    /** Returns the rows for so many items. Beyond 16 they are rounded up, in eight steps from one power of two to the next. */
    @Override
    public int rows(int items) {
        return rounded && items > 2 * ROW_STEPS ? roundUp(items, octave(items) / ROW_STEPS) : items;
    }

    /**
     * Returns the columns for a longest text of so many tokens: rounded up to a multiple of 8, and beyond 256 in sixteen steps
     * from one power of two to the next.
     */
    @Override
    public int columns(int tokens) {
        if (!rounded) {
            return tokens;
        }
        int up = roundUp(tokens, Math.max(LEAST_STEP, octave(tokens) / COLUMN_STEPS));
        return Math.max(tokens, Math.min(up, maxTokens));
    }

    /** Returns the largest power of two below a number. */
    private static int octave(int number) {
        return Integer.highestOneBit(Math.max(1, number - 1));
    }

    private static int roundUp(int number, int step) {
        return (number + step - 1) / step * step;
    }
}
