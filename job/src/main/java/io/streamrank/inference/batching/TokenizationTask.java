// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.InferenceException;
import java.util.concurrent.CompletableFuture;

/**
 * Work that comes before inference: tokenising. Runs on the model's workers, so that it takes no core from them.
 *
 * @param items texts or pairs that will come of it
 * @param characters size of the text, for the limit on what may wait
 * @param urgent whether it goes before all that is not
 * @param deadlineNanos the caller's future fails then; {@link Long#MAX_VALUE} for never
 * @param caller told where the work cannot be done
 * @param work turns text into tasks and submits them
 */
public record TokenizationTask(
        int items, long characters, boolean urgent, long deadlineNanos, CompletableFuture<?> caller, Work work) {
    /** May fail; the caller is told why. */
    public interface Work {
        void run() throws InferenceException;
    }

    public boolean expired(long now) {
        return deadlineNanos <= now;
    }

    public void expire() {
        caller.completeExceptionally(DeadlineExceededException.beforeItsTurn());
    }

    public void run() {
        try {
            work.run();
        } catch (InferenceException e) {
            caller.completeExceptionally(e);
        } catch (RuntimeException | Error e) {
            caller.completeExceptionally(new InferenceException("The text could not be tokenised: " + e, e));
        }
    }
}
