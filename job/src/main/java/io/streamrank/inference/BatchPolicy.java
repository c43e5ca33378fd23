// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import java.io.Serializable;
import java.time.Duration;

/**
 * How work becomes batches.
 *
 * @param maxTokens budget of a batch: longest item × items, at least 1; an item longer than this goes alone
 * @param maxItems most items in a batch, at least 1; the model's own limit applies too
 * @param maxDelay longest that the oldest item waits for company while a run is under way and a worker is free
 * @param workers runs of this model at the same time; 0 for as many as all models together may have
 * @param maxQueuedTokens work beyond this is refused as overload
 */
public record BatchPolicy(int maxTokens, int maxItems, Duration maxDelay, int workers, long maxQueuedTokens)
        implements Serializable {
    public BatchPolicy {
        check(maxTokens >= 1, "maxTokens must be at least 1: " + maxTokens);
        check(maxItems >= 1, "maxItems must be at least 1: " + maxItems);
        check(!maxDelay.isNegative(), "maxDelay must not be negative: " + maxDelay);
        check(workers >= 0, "workers must not be negative: " + workers);
        check(maxQueuedTokens >= 1, "maxQueuedTokens must be at least 1: " + maxQueuedTokens);
    }

    public static BatchPolicy defaults() {
        return new BatchPolicy(4_096, 64, Duration.ZERO, 0, 16L << 20);
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
