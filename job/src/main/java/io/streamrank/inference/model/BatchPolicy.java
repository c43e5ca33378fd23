// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

import java.io.Serializable;
import java.time.Duration;

/**
 * Says how work becomes batches.
 *
 * @param maxTokens budget of a batch: what the model computes for it, padding included; an item longer than this goes alone; 0
 *     for what suits the model
 * @param maxItems most items in a batch; the model's own limit applies too; 0 for what suits the model
 * @param maxDelay longest that the oldest item waits for others to fill its batch, while a run is under way and a worker is
 *     free; to the millisecond
 * @param workers runs of this model at the same time; 0 for as many as all models together may have
 * @param maxQueuedTokens work beyond this is refused as overload
 */
public record BatchPolicy(int maxTokens, int maxItems, Duration maxDelay, int workers, long maxQueuedTokens)
        implements Serializable {
    public BatchPolicy {
        check(maxTokens >= 0, "maxTokens must not be negative: " + maxTokens);
        check(maxItems >= 0, "maxItems must not be negative: " + maxItems);
        check(!maxDelay.isNegative(), "maxDelay must not be negative: " + maxDelay);
        check(workers >= 0, "workers must not be negative: " + workers);
        check(maxQueuedTokens >= 1, "maxQueuedTokens must be at least 1: " + maxQueuedTokens);
    }

    public static BatchPolicy defaults() {
        return new BatchPolicy(0, 0, Duration.ZERO, 0, 16L << 20);
    }

    /** Returns this, with what suits the model where it leaves that open. */
    public BatchPolicy suiting(Batching model) {
        return new BatchPolicy(
                maxTokens == 0 ? model.maxTokens() : maxTokens,
                maxItems == 0 ? model.maxItems() : maxItems,
                maxDelay,
                workers,
                maxQueuedTokens);
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
