// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.Encoding;
import java.util.concurrent.CompletableFuture;

/**
 * One item of a batch and whoever waits for it.
 *
 * @param digest what the encoding is known by
 * @param urgent whether it goes before all that is not
 * @param deadlineNanos on {@link System#nanoTime()}'s scale; {@link Long#MAX_VALUE} for none
 * @param result completed once, from any thread
 * @param submittedNanos on the same scale
 */
public record InferenceTask<R>(
        Encoding encoding,
        Digest digest,
        boolean urgent,
        long deadlineNanos,
        CompletableFuture<R> result,
        long submittedNanos) {
    /** Submitted now. */
    public InferenceTask(Encoding encoding, boolean urgent, long deadlineNanos, CompletableFuture<R> result) {
        this(encoding, urgent, deadlineNanos, result, System.nanoTime());
    }

    public InferenceTask(
            Encoding encoding, boolean urgent, long deadlineNanos, CompletableFuture<R> result, long submittedNanos) {
        this(encoding, Digest.of(encoding), urgent, deadlineNanos, result, submittedNanos);
    }

    public int tokens() {
        return encoding.tokens();
    }

    public boolean expired(long now) {
        return deadlineNanos <= now;
    }

    public void expire() {
        result.completeExceptionally(DeadlineExceededException.beforeItsTurn());
    }
}
