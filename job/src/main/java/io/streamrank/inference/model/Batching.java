// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

/**
 * Says what batches suit a model where it is.
 *
 * @param maxRuns runs that are worth having at the same time: as many as there are cores on a CPU, few on a GPU
 * @param maxTokens budget of a batch where the user sets none
 * @param maxItems most items of a batch where the user sets none
 * @param padding how large a batch becomes
 * @param cost how long a run of it takes
 */
public record Batching(int maxRuns, int maxTokens, int maxItems, Padding padding, RunCost cost) {
    /**
     * A core's cache holds what some hundred tokens need on their way through a layer, so that larger batches are slower on a
     * CPU, for all that they save, and pad more.
     */
    public static final Batching CPU =
            new Batching(Integer.MAX_VALUE, 512, 64, Padding.TO_THE_LONGEST, RunCost.UNKNOWN);

    public Batching(int maxRuns, int maxTokens, int maxItems, Padding padding) {
        this(maxRuns, maxTokens, maxItems, padding, RunCost.UNKNOWN);
    }

    /** Returns what suits a GPU, which computes one run while it is fed the next. */
    public static Batching gpu(Padding padding) {
        return new Batching(2, 32_768, 512, padding);
    }

    /** Returns this with costs that were measured. */
    public Batching with(RunCost measured) {
        return new Batching(maxRuns, maxTokens, maxItems, padding, measured);
    }

    /** Returns the runs that wait for a device, so that their threads use no core; 0 where runs compute on the cores. */
    public int waitingRuns() {
        return maxRuns == Integer.MAX_VALUE ? 0 : maxRuns;
    }

    /** Returns the most items of that length that are in the budget, rounded down to what is computed for them; at least one. */
    public int most(int tokens) {
        int items = Math.max(1, Math.min(maxItems, maxTokens / Math.max(1, tokens)));
        while (items > 1 && (padding.rows(items) != items || padding.tokens(items, tokens) > maxTokens)) {
            items--;
        }
        return items;
    }
}
