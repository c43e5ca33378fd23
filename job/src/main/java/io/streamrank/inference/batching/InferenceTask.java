// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.workers.Priority;
import org.jspecify.annotations.Nullable;

/** Asks for one item of a batch: a token sequence and whoever waits for the model's result. Thread-safe. */
public abstract class InferenceTask<R> implements Request {
    private final Encoding encoding;
    private final Priority priority;
    /** Changed by the queue that the task is in. */
    private volatile long deadlineNanos;

    final long askedNanos;
    /** Where it waits; null where it is about to come, is run or was run. Owned by the queue. */
    private @Nullable TaskGroup<R> group;

    private int position;

    /**
     * @param deadlineNanos on the workers' clock; {@link Long#MAX_VALUE} for none
     * @param askedNanos when the caller's wait began, on the same clock
     */
    protected InferenceTask(Encoding encoding, Priority priority, long deadlineNanos, long askedNanos) {
        this.encoding = encoding;
        this.priority = priority;
        this.deadlineNanos = deadlineNanos;
        this.askedNanos = askedNanos;
    }

    /** Answers whoever waits; does nothing where it is done. */
    public abstract void complete(R result);

    @Override
    public final long deadlineNanos() {
        return deadlineNanos;
    }

    public final Encoding encoding() {
        return encoding;
    }

    public final int tokens() {
        return encoding.tokens();
    }

    public final Priority priority() {
        return priority;
    }

    /** Returns whether no other task may be in its run. */
    boolean isAlone() {
        return false;
    }

    final @Nullable TaskGroup<R> group() {
        return group;
    }

    /** Returns where in its group it is. */
    final int position() {
        return position;
    }

    final void join(TaskGroup<R> joined, int at) {
        group = joined;
        position = at;
    }

    final void leave() {
        group = null;
    }

    final void deadlineNanos(long earlier) {
        deadlineNanos = earlier;
    }
}
