// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One JVM's cross-encoder, shared by all that opened it, with batching across queries in front. Thread-safe. */
public final class RerankingService implements AutoCloseable {
    RerankingService() {}

    public ModelInfo info() {
        throw new UnsupportedOperationException();
    }

    /** See {@link CrossEncoder#relevance}. */
    public double relevance(float logit) {
        throw new UnsupportedOperationException();
    }

    /**
     * Scores one query against its candidates; pairs of concurrent queries share batches.
     *
     * @param deadlineNanos on {@link System#nanoTime()}'s scale; at that time the future fails with {@link
     *     DeadlineExceededException}, and pairs not yet run are dropped; {@link Long#MAX_VALUE} for none
     * @return one score a passage, in their order; a pair that fails is blamed alone. Completes on an inference thread
     */
    public CompletableFuture<List<PairScore>> score(String query, List<String> passages, long deadlineNanos) {
        throw new UnsupportedOperationException();
    }

    /** Gives this use back; the model is unloaded with its last use. */
    @Override
    public void close() {}
}
