// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import io.streamrank.inference.pairs.PairKey;
import java.util.concurrent.CompletableFuture;

/** Is one pair of a request that is under way: whoever asks for it meanwhile waits for the same score. Thread-safe. */
final class HostedPair extends CompletableFuture<Double> {
    final PairKey key;
    final String passage;
    /** When the request fails. */
    final long deadlineNanos;

    HostedPair(PairKey key, String passage, long deadlineNanos) {
        this.key = key;
        this.passage = passage;
        this.deadlineNanos = deadlineNanos;
    }
}
