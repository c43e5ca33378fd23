// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.model.Padding;

/**
 * How large the tensors of a batch are made. On a CPU as large as its texts; on a GPU, which has cores to spare and memory
 * that settles only after it has seen every shape, rounded up to a few.
 *
 * @param rounded whether to round
 * @param maxTokens longest that the model takes
 */
record BucketedPadding(boolean rounded, int maxTokens) implements Padding {
    private static final int STEP = 16;
    private static final int LONG = 128;
    private static final int LONG_STEP = 64;

    /** Items of a batch of so many: a power of two. */
    @Override
    public int rows(int items) {
        int floor = Integer.highestOneBit(items);
        return !rounded || floor == items ? items : 2 * floor;
    }

    /** Tokens of a batch whose longest text has so many: a multiple of 16, beyond 128 of 64. */
    @Override
    public int columns(int tokens) {
        int step = tokens <= LONG ? STEP : LONG_STEP;
        int up = (tokens + step - 1) / step * step;
        return rounded ? Math.max(tokens, Math.min(up, maxTokens)) : tokens;
    }
}
