// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

import org.jspecify.annotations.Nullable;

/** Says what became of one (query, passage) pair: it was scored, it failed by itself, or no score was wanted. Immutable. */
public sealed interface PairOutcome {
    /** Returns the length of the pair, special tokens included, summed over all models that read it. */
    int tokens();

    /** Returns whether the pair was cut to the model's limit. */
    boolean truncated();

    /** Returns why a model could not score the pair, or null where none failed on it. */
    default @Nullable String failure() {
        return null;
    }

    /** Returns this outcome with the tokens that an earlier model read added to its own. */
    PairOutcome plusTokens(int earlier);

    /**
     * A score.
     *
     * @param logit the model's raw output, finite
     */
    record Scored(float logit, int tokens, boolean truncated) implements PairOutcome {
        @Override
        public Scored plusTokens(int earlier) {
            return new Scored(logit, earlier + tokens, truncated);
        }
    }

    /**
     * A failure of this pair alone; others of the same query are not affected.
     *
     * @param failure one sentence
     */
    record Failed(String failure, int tokens, boolean truncated) implements PairOutcome {
        @Override
        public Failed plusTokens(int earlier) {
            return new Failed(failure, earlier + tokens, truncated);
        }
    }

    /**
     * No score, and none was wanted.
     *
     * @param earlier what the first model of a cascade made of the pair; null where no model read it
     */
    record Unscored(Reason reason, @Nullable PairOutcome earlier) implements PairOutcome {
        @Override
        public int tokens() {
            return earlier == null ? 0 : earlier.tokens();
        }

        @Override
        public boolean truncated() {
            return earlier != null && earlier.truncated();
        }

        @Override
        public @Nullable String failure() {
            return earlier == null ? null : earlier.failure();
        }

        @Override
        public Unscored plusTokens(int more) {
            return earlier == null ? this : new Unscored(reason, earlier.plusTokens(more));
        }
    }

    /** Says why no score was wanted. */
    enum Reason {
        /** The passage has no text. */
        BLANK,
        /** The first model of a cascade kept others. */
        CASCADE
    }
}
