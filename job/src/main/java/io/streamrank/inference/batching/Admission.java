// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.OversizeException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a model's queues take in, by all limits that there are: text that waits, tokens that wait, and time. Each
 * method returns why not, or null. Not thread-safe.
 *
 * <p>Example of the time: a model does 1,000 tokens a second, 100 of its tokens are being run, and 400 with no later
 * deadline wait. A query of 250 tokens would be done in 750 ms and may come in with a second left, but not with less: only
 * {@value #PLANNED_PERCENT} % of the time left are planned, as the model may become slower.
 */
final class Admission {
    static final int CHARACTERS_PER_TOKEN = 4;
    private static final int PLANNED_PERCENT = 75;
    /**
     * The speed of the last seconds says nothing of what is further away: where many queries come at once, they are all
     * embedded first, and reranking nearly stands still for that time.
     */
    private static final long FORESEEN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String model;
    private final long maxTokens;
    private final long maxCharacters;

    /** @param maxTokens that may wait */
    Admission(String model, long maxTokens) {
        this.model = model;
        this.maxTokens = maxTokens;
        this.maxCharacters = CHARACTERS_PER_TOKEN * Math.min(maxTokens, Long.MAX_VALUE / CHARACTERS_PER_TOKEN);
    }

    /** Decides on text to tokenise. */
    @Nullable
    OverloadException characters(long waiting, long more) {
        return waiting + more > maxCharacters ? overload(waiting, more, maxCharacters, "characters") : null;
    }

    /** Decides on tokens to run. */
    @Nullable
    OverloadException tokens(long waiting, long more) {
        return waiting + more > maxTokens ? overload(waiting, more, maxTokens, "tokens") : null;
    }

    /**
     * Decides on work with a deadline; with more than a minute left it comes in.
     *
     * @param neededNanos until it would be done; 0 where nobody can tell
     * @param leftNanos until the deadline, positive
     */
    @Nullable
    OverloadException time(long neededNanos, long leftNanos) {
        if (leftNanos > FORESEEN_NANOS || neededNanos <= leftNanos / 100 * PLANNED_PERCENT) {
            return null;
        }
        return new OverloadException("Model " + model + " would be done with this in about "
                + TimeUnit.NANOSECONDS.toMillis(neededNanos) + " ms, which is more than " + PLANNED_PERCENT
                + " % of the " + TimeUnit.NANOSECONDS.toMillis(leftNanos)
                + " ms left; allow more time, send less or add workers.");
    }

    private OverloadException overload(long waiting, long more, long limit, String unit) {
        String message = "Model " + model + " has " + waiting + " " + unit + " waiting and " + more
                + " more would exceed the limit of " + limit + "; send less at a time or add workers.";
        return more > limit ? new OversizeException(message) : new OverloadException(message);
    }
}
