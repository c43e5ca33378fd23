// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.workers.Priority;
import java.util.concurrent.CompletableFuture;

/**
 * Asks for text to be tokenised, which comes before inference. Runs on the model's workers, so that it takes no core from
 * them. Thread-safe.
 *
 * @param items texts or pairs that will come of it
 * @param characters size of the text, for the limit on what may wait
 * @param caller told where the work cannot be done
 * @param work turns the text into {@link InferenceTask}s and submits them
 */
public record TokenizationTask(
        int items, long characters, Priority priority, long deadlineNanos, CompletableFuture<?> caller, Work work)
        implements Request {
    /** Tokenises and submits; the caller is told why it could not. */
    public interface Work {
        void run() throws InferenceException;
    }

    @Override
    public boolean isDone() {
        return caller.isDone();
    }

    @Override
    public void fail(InferenceException why) {
        caller.completeExceptionally(why);
    }

    /** Does the work; what is fatal to the JVM is thrown, all else is told to the caller. */
    void run() {
        try {
            work.run();
        } catch (InferenceException e) {
            fail(e);
        } catch (RuntimeException | Error e) {
            FatalErrors.rethrow(e);
            fail(new InferenceException("The text could not be tokenised: " + e, e));
        }
    }
}
