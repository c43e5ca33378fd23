// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.batching.RequestQueue.Batch;
import io.streamrank.inference.batching.RequestQueue.Job;
import io.streamrank.inference.model.UnavailableException;

/**
 * Tells callers why a model leaves them without an answer.
 *
 * @param model its name
 * @param limitMs how long a run may take
 */
record BatcherErrors(String model, long limitMs) {
    UnavailableException closed() {
        return new UnavailableException("Model " + model + " was closed before it came to this text.");
    }

    UnavailableException lostAllRuns() {
        return new UnavailableException(
                "Model " + model + " hangs: as many runs as it may lose have each taken more than " + limitMs
                        + " ms; load it again, with smaller batches if it happens again.");
    }

    UnavailableException broken(Throwable cause) {
        return new UnavailableException(
                "Model " + model + " met " + cause
                        + ", which is no fault of the text; it has to be loaded anew, with more"
                        + " memory or other libraries if it happens again.",
                cause);
    }

    /** @param job whose run hangs; nobody knows which of its texts is at fault */
    HungException hangs(Job<?> job) {
        String where = "a text to tokenise";
        boolean alone = true;
        if (job instanceof Batch<?> batch) {
            int texts = batch.tasks().size();
            alone = texts == 1;
            where = alone
                    ? "a text of " + batch.tasks().get(0).tokens() + " tokens"
                    : "a run of " + texts + " texts, of which this is one";
        }
        return new HungException(
                "Model " + model + " hangs on " + where + ": it has taken more than " + limitMs
                        + " ms and was given up; leave out what hangs it, or allow runs more time.",
                alone);
    }
}
