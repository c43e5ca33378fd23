// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.UnavailableException;
import java.util.List;

/**
 * What callers are told whom a model leaves without an answer.
 *
 * @param model its name
 * @param limitMs how long a run may take
 */
record BatcherErrors(String model, long limitMs) {
    /** No fault of what was asked. */
    InferenceException closed() {
        return new UnavailableException("Model " + model + " was closed before it came to this text.");
    }

    /** No fault of what was asked. */
    InferenceException unusable() {
        return new UnavailableException(
                "Model " + model + " hangs: as many runs as it may lose have each taken more than " + limitMs
                        + " ms; load it again, with smaller batches if it happens again.");
    }

    /** @param tasks the one whose run hangs; none where that was still being tokenised */
    InferenceException hung(List<? extends InferenceTask<?>> tasks) {
        String text = tasks.isEmpty()
                ? "a text to tokenise"
                : "a text of " + tasks.get(0).tokens() + " tokens";
        return new InferenceException(
                "Model " + model + " hangs on " + text + ": a run of it alone has taken more than " + limitMs
                        + " ms, so it is not run again; leave it out, or allow runs more time.");
    }
}
