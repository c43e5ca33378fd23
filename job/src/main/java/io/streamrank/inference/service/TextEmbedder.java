// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.service;

import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.TextRole;
import java.util.concurrent.CompletableFuture;

/** Embeds texts. Queries go before passages. Thread-safe. */
public interface TextEmbedder extends ModelService {
    /** Returns the length of every vector. */
    int dimension();

    /**
     * Embeds one text; texts of concurrent callers share batches.
     *
     * @param deadlineNanos on {@link System#nanoTime()}'s scale; at that time the future fails with {@link
     *     DeadlineExceededException}; {@link Long#MAX_VALUE} for none
     * @return the unit vector, owned by the caller; fails with an {@link InferenceException}. Completes on a thread that must
     *     not be blocked
     */
    CompletableFuture<float[]> embed(String text, TextRole role, long deadlineNanos);
}
