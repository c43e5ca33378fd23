// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.PairOutcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Collects the outcomes of one query's distinct passages, and answers when the last is there. Thread-safe. */
final class PendingQuery {
    final long askedNanos;
    final long deadlineNanos;
    private final int[] numbers;
    /** By number; each is written once, before {@link #missing} is counted down. */
    private final @Nullable PairOutcome[] outcomes;

    private final AtomicInteger missing;
    private final CompletableFuture<List<PairOutcome>> answer;

    /**
     * @param numbers for each passage, in their order, which of the distinct ones it is
     * @param count of distinct passages, at least 1
     * @param askedNanos when the caller's wait began, on the workers' clock as the deadline is
     * @param answer completed with one outcome a passage, in their order
     */
    PendingQuery(
            int[] numbers,
            int count,
            long askedNanos,
            long deadlineNanos,
            CompletableFuture<List<PairOutcome>> answer) {
        this.numbers = numbers;
        this.outcomes = new PairOutcome[count];
        this.missing = new AtomicInteger(count);
        this.askedNanos = askedNanos;
        this.deadlineNanos = deadlineNanos;
        this.answer = answer;
    }

    /** Returns whether nobody waits any more. */
    boolean isDone() {
        return answer.isDone();
    }

    /** Sets the outcome of a distinct passage; once each. */
    void set(int number, PairOutcome outcome) {
        outcomes[number] = outcome;
        if (missing.decrementAndGet() == 0) {
            List<PairOutcome> all = new ArrayList<>(numbers.length);
            for (int i : numbers) {
                all.add(Objects.requireNonNull(outcomes[i]));
            }
            answer.complete(Collections.unmodifiableList(all));
        }
    }

    void fail(InferenceException why) {
        answer.completeExceptionally(why);
    }
}
