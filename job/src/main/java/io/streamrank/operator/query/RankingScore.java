// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.query;

import io.streamrank.event.Retrieval;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairOutcome.Rated;
import io.streamrank.inference.model.PairOutcome.Scored;
import io.streamrank.inference.model.PairOutcome.Unscored;
import io.streamrank.state.Candidate;

/**
 * Computes what the hits of an answer are sorted by: the logit, or softplus(logit + 1) plus the weighted cosine where retrieval
 * counts and the query has a vector. Not the activation, which may saturate and tie the best. ADR 6 says why.
 *
 * @param retrievalWeight of the cosine; 0 for the logit alone
 */
record RankingScore(double retrievalWeight) {
    /** Returns the score of a candidate, higher is better; negative infinity for one that failed. */
    double of(Candidate candidate, PairOutcome outcome) {
        if (outcome instanceof Unscored unscored) {
            return unscored.earlier() instanceof Scored earlier ? earlier.logit() : Double.NEGATIVE_INFINITY;
        }
        Retrieval retrieval = candidate.retrieval();
        Double cosine = retrieval == null || retrievalWeight == 0 ? null : retrieval.score();
        double score;
        if (outcome instanceof Scored scored) {
            score = scored.logit();
        } else if (outcome instanceof Rated rated) {
            score = cosine == null ? rated.order() : rated.logitOrEstimate();
        } else {
            return Double.NEGATIVE_INFINITY; // it failed, and no cosine makes up for that
        }
        return cosine == null ? score : softplus(score + 1) + retrievalWeight * cosine;
    }

    /**
     * Returns ln(1 + e^x), which grows like the logit where a text looks relevant and levels off where it does not, since of two texts
     * that answer nothing a cross-encoder cannot tell which is nearer to the topic, and retrieval can.
     */
    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }
}
