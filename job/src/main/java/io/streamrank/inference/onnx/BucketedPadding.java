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
record BucketedPadding(boolean rounded, int maxTokens) implements Padding {
    private static final int STEP = 16;
    private static final int LONG = 128;
    private static final int LONG_STEP = 64;

    /** Returns the rows for so many items, rounded up to a power of two. */
    @Override
    public int rows(int items) {
        int floor = Integer.highestOneBit(items);
        return !rounded || floor == items ? items : 2 * floor;
    }

    /** Returns the columns for a longest text of so many tokens, rounded up to a multiple of 16, beyond 128 of 64. */
    @Override
    public int columns(int tokens) {
        int step = tokens <= LONG ? STEP : LONG_STEP;
        int up = (tokens + step - 1) / step * step;
        return rounded ? Math.max(tokens, Math.min(up, maxTokens)) : tokens;
    }
}
