// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.workers.Priority;
import java.util.concurrent.CompletableFuture;

/** Answers one caller by a future; whoever completes that from outside gives the task up. Thread-safe. */
public final class FutureTask<R> extends InferenceTask<R> {
    private final CompletableFuture<R> result;
    private final boolean alone;

    public FutureTask(
            Encoding encoding, Priority priority, long deadlineNanos, long askedNanos, CompletableFuture<R> result) {
        this(encoding, priority, deadlineNanos, askedNanos, result, false);
    }

    private FutureTask(
            Encoding encoding,
            Priority priority,
            long deadlineNanos,
            long askedNanos,
            CompletableFuture<R> result,
            boolean alone) {
        super(encoding, priority, deadlineNanos, askedNanos);
        this.result = result;
        this.alone = alone;
    }

    /** Returns a task without a deadline that has its run for itself, so that no other suffers if it hangs. */
    public static <R> FutureTask<R> alone(
            Encoding encoding, Priority priority, long askedNanos, CompletableFuture<R> result) {
        return new FutureTask<>(encoding, priority, Long.MAX_VALUE, askedNanos, result, true);
    }

    public CompletableFuture<R> result() {
        return result;
    }

    @Override
    boolean isAlone() {
        return alone;
    }

    @Override
    public boolean isDone() {
        return result.isDone();
    }

    @Override
    public void complete(R value) {
        result.complete(value);
    }

    @Override
    public void fail(InferenceException why) {
        result.completeExceptionally(why);
    }
}
