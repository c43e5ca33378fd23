// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.OverloadException;

/** Whether there is time for work before it is begun. Thread-safe. */
public interface Admission {
    /**
     * Returns where the work can be done in time, or where nobody can tell.
     *
     * @param items texts or pairs
     * @param tokens theirs, or fewer where they have not been counted yet
     * @param deadlineNanos on {@link System#nanoTime()}'s scale; {@link Long#MAX_VALUE} for none
     * @throws OverloadException where it would come too late
     */
    void admit(int items, long tokens, long deadlineNanos) throws InferenceException;
}
