// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

import io.streamrank.inference.Cascade;
import org.jspecify.annotations.Nullable;

/**
 * What became of one (query, passage) pair.
 *
 * @param logit the model's raw output; NaN where {@code failure} is set
 * @param tokens length of the pair, special tokens included
 * @param truncated whether the pair was cut to the model's limit
 * @param failure why this pair alone could not be scored, or null
 * @param cut whether a {@link Cascade} left it at the first model, whose logit this is; below all that went on
 */
public record PairScore(
        float logit,
        int tokens,
        boolean truncated,
        @Nullable String failure,
        boolean cut) {
    public PairScore(float logit, int tokens, boolean truncated, @Nullable String failure) {
        this(logit, tokens, truncated, failure, false);
    }

    /** This, as the last that is known of the pair. */
    public PairScore cutOff() {
        return new PairScore(logit, tokens, truncated, failure, true);
    }

    /** This, at the cost of both. */
    public PairScore after(PairScore earlier) {
        return new PairScore(logit, earlier.tokens + tokens, truncated, failure, false);
    }
}
