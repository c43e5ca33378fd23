// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Is one distinct passage of a query that waits for its score. For one thread until it is handed to the cache. */
final class Waiter {
    final PairKey key;
    final PendingQuery query;
    /** Which of the query's distinct passages it is. */
    final int number;

    private @Nullable EncodedPair pair;

    Waiter(PairKey key, PendingQuery query, int number) {
        this.key = key;
        this.query = query;
        this.number = number;
    }

    boolean isEncoded() {
        return pair != null;
    }

    /** Returns how the model reads the pair, which has to be known by now. */
    EncodedPair pair() {
        return Objects.requireNonNull(pair);
    }

    void pair(@Nullable EncodedPair encoded) {
        pair = encoded;
    }
}
