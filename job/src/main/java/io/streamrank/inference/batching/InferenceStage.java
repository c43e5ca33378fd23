// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.OverloadException;
import java.util.List;

/** Takes tokenised work to be run: the second of a model's two stages. Thread-safe. */
public interface InferenceStage<R> {
    /** Returns the time on the workers' clock, by which all deadlines are measured. */
    long now();

    /**
     * Returns where so much work can be done in time, or where nobody can tell; asked before text is tokenised in vain.
     *
     * @param items texts or pairs
     * @param tokens at least so many
     * @param deadlineNanos {@link Long#MAX_VALUE} for none
     * @throws OverloadException where it would come too late
     */
    void admit(int items, long tokens, long deadlineNanos) throws InferenceException;

    /**
     * Queues all tasks, or none and throws.
     *
     * @param tasks new ones, all with that deadline
     * @param shared tasks that are queued for others with a later deadline: they move up to this one
     * @throws OverloadException where they would come too late, or where too much waits already
     */
    void submit(List<? extends InferenceTask<R>> tasks, List<? extends InferenceTask<R>> shared, long deadlineNanos)
            throws InferenceException;

    /**
     * Queues all tasks, however much waits: those who wait for them were let in before, and their tasks were dropped or given
     * up through no fault of theirs. What comes too late all the same fails at its deadline.
     *
     * @param tasks new ones, all with that deadline
     * @param shared as in {@link #submit}
     * @throws InferenceException where the model takes in nothing any more
     */
    void submitAgain(
            List<? extends InferenceTask<R>> tasks, List<? extends InferenceTask<R>> shared, long deadlineNanos)
            throws InferenceException;
}
