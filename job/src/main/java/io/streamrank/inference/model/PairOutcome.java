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

    /** Returns what a provider charges, or null where none was asked. */
    default @Nullable Bill bill() {
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
     * A score of a model behind an API. Such models count and charge whole requests: the first pair of a request has its tokens
     * and its bill, so that sums are right. Whether a text was cut is not known.
     *
     * @param relevance as the provider gives it, finite
     * @param logit the model's raw output; null where the provider does not tell
     */
    record Rated(double relevance, @Nullable Float logit, int tokens, Bill bill) implements PairOutcome {
        private static final double LEAST = 1e-6;

        @Override
        public boolean truncated() {
            return false;
        }

        /**
         * Returns a logit, for what needs one: the model's own, else ln(p / (1 - p)) of a relevance between 0 and 1, and any other
         * relevance as it is.
         */
        public double logitOrEstimate() {
            if (logit != null) {
                return logit;
            }
            if (relevance < 0 || relevance > 1) {
                return relevance;
            }
            double p = Math.max(LEAST, Math.min(1 - LEAST, relevance));
            return Math.log(p / (1 - p));
        }

        /** Returns what orders pairs of one query: a logit, which does not saturate, or else the relevance. */
        public double order() {
            return logit == null ? relevance : logit;
        }

        @Override
        public Rated plusTokens(int earlier) {
            return new Rated(relevance, logit, earlier + tokens, bill);
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
