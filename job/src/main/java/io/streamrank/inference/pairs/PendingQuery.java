// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.PairOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the outcomes of one query's distinct passages, and answers when the last is there. Thread-safe.
 *
 * <p>When nobody waits any more (a failure, the deadline, the caller gave up), it leaves the pairs that it waits for.
 */
final class PendingQuery {
    private final long askedNanos;
    private final long deadlineNanos;
    private final int[] distinct;
    /** By distinct passage; each is written once, before {@link #missing} is counted down. */
    private final @Nullable PairOutcome[] outcomes;

    private final AtomicInteger missing;
    private final CompletableFuture<List<PairOutcome>> answer;

    @GuardedBy("this")
    private List<InFlightPair> pairs = new ArrayList<>();

    /**
     * @param distinct for each passage, in their order, which of the distinct ones it is
     * @param count of distinct passages, at least 1
     * @param askedNanos when the caller's wait began, on the workers' clock as the deadline is
     * @param answer completed with one outcome a passage, in their order
     */
    PendingQuery(
            int[] distinct,
            int count,
            long askedNanos,
            long deadlineNanos,
            CompletableFuture<List<PairOutcome>> answer) {
        this.distinct = distinct;
        this.outcomes = new PairOutcome[count];
        this.missing = new AtomicInteger(count);
        this.askedNanos = askedNanos;
        this.deadlineNanos = deadlineNanos;
        this.answer = answer;
        answer.whenComplete((done, failure) -> leaveAll());
    }

    long askedNanos() {
        return askedNanos;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    /** Returns whether nobody waits any more. */
    boolean isDone() {
        return answer.isDone();
    }

    /** Sets the outcome of a distinct passage; once each. */
    void set(int passage, PairOutcome outcome) {
        outcomes[passage] = outcome;
        if (missing.decrementAndGet() == 0) {
            answer.complete(IntStream.of(distinct).mapToObj(i -> outcomes[i]).toList());
        }
    }

    void fail(InferenceException why) {
        answer.completeExceptionally(why);
    }

    /** Remembers a pair that it waits for, to be left when nobody waits any more. */
    void waitsFor(InFlightPair pair) {
        synchronized (this) {
            pairs.add(pair);
        }
        if (answer.isDone()) {
            leaveAll();
        }
    }

    private void leaveAll() {
        List<InFlightPair> left;
        synchronized (this) {
            left = pairs;
            pairs = new ArrayList<>(0);
        }
        left.forEach(pair -> pair.leave(this));
    }
}
