// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.InferenceException;

/** Waits in one of a model's queues, or is being run. Thread-safe. */
public interface Request {
    /** Returns when it need no longer be run, on the workers' clock; {@link Long#MAX_VALUE} for never. */
    long deadlineNanos();

    /** Returns whether nobody waits for it any more: it was answered, has failed or was given up. */
    boolean isDone();

    /** Tells whoever waits that there will be no result; does nothing where it is done. */
    void fail(InferenceException why);

    default boolean expired(long now) {
        return deadlineNanos() <= now;
    }

    default void expire() {
        fail(DeadlineExceededException.beforeItsTurn());
    }
}
