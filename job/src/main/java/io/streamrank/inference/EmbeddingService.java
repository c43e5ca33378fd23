// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import java.util.concurrent.CompletableFuture;

/** One JVM's embedder, shared by all that opened it, with batching in front. Thread-safe. */
public final class EmbeddingService implements AutoCloseable {
    EmbeddingService() {}

    public ModelInfo info() {
        throw new UnsupportedOperationException();
    }

    public int dimension() {
        throw new UnsupportedOperationException();
    }

    /**
     * Embeds one text; texts of concurrent callers share batches.
     *
     * @param deadlineNanos on {@link System#nanoTime()}'s scale; work not started by then fails with {@link
     *     DeadlineExceededException}; {@link Long#MAX_VALUE} for none
     * @return the unit vector, owned by the caller; completes on an inference thread
     */
    public CompletableFuture<float[]> embed(String text, TextRole role, long deadlineNanos) {
        throw new UnsupportedOperationException();
    }

    /** Gives this use back; the model is unloaded with its last use. */
    @Override
    public void close() {}
}
