// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

/**
 * Says what batches suit a model where it is.
 *
 * @param maxRuns runs that are worth having at the same time: as many as there are cores on a CPU, few on a GPU
 * @param maxTokens budget of a batch where the user sets none
 * @param maxItems most items of a batch where the user sets none
 * @param padding what a batch costs
 */
public record Batching(int maxRuns, int maxTokens, int maxItems, Padding padding) {
    /**
     * A core's cache holds what some hundred tokens need on their way through a layer, so that larger batches are slower on a
     * CPU, for all that they save, and pad more.
     */
    public static final Batching CPU = new Batching(Integer.MAX_VALUE, 512, 64, Padding.TO_THE_LONGEST);

    /** Returns what suits a GPU, which computes one run while it is fed the next. */
    public static Batching gpu(Padding padding) {
        return new Batching(2, 32_768, 512, padding);
    }

    /** Returns the most items of that length that are in the budget, rounded down to what is computed for them; at least one. */
    public int most(int tokens) {
        int items = Math.max(1, Math.min(maxItems, maxTokens / Math.max(1, tokens)));
        return padding.rows(items) == items ? items : Integer.highestOneBit(items);
    }
}
