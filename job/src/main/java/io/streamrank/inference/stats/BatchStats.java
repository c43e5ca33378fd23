// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.stats;

/**
 * Counts what a service has done since its model was loaded, over all its users. All but the queue's only grow.
 *
 * @param batches runs of the model that succeeded
 * @param items texts or pairs in them
 * @param tokens their tokens
 * @param paddedTokens what the model computed: longest item × items, both as it rounds them, or the items' own tokens where it packs them, summed over
 *     the runs; {@code
 *     1 - tokens / paddedTokens} is the padding ratio
 * @param failures items that the model could not do
 * @param expired items whose deadline had passed when their turn came
 * @param cancelled items that nobody waited for any more when their turn came, though there was time
 * @param refused items that were not let in, as they would have come too late or as too much was waiting
 * @param busyNanos time in the model, summed over workers
 * @param queuedItems items waiting now, tokenised or not
 * @param queuedTokens their tokens, of what is not tokenised yet a quarter of its characters
 * @param queueNanos time from when the caller asked to the start of the run, tokenising included, summed over the items
 *     of all runs, failed ones included
 */
public record BatchStats(
        long batches,
        long items,
        long tokens,
        long paddedTokens,
        long failures,
        long expired,
        long cancelled,
        long refused,
        long busyNanos,
        int queuedItems,
        long queuedTokens,
        long queueNanos) {
    /** Returns the items that were not run. */
    public long dropped() {
        return expired + cancelled + refused;
    }
}
