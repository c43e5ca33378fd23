// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.query;

import io.streamrank.event.Retrieval;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairOutcome.Rated;
import io.streamrank.inference.model.PairOutcome.Scored;
import io.streamrank.inference.model.PairOutcome.Unscored;
import io.streamrank.state.Candidate;
import java.util.stream.Stream;

/**
 * Computes what the hits of an answer are sorted by: the logit, or softplus(logit + 1) plus the weighted score of retrieval where that
 * counts and the query has a vector. Retrieval's score is the cosine and, of a document that BM25 found, a share of its part of the
 * best score by BM25. Not the activation, which may saturate and tie the best. ADR 6 says why.
 *
 * @param retrievalWeight of retrieval's score; 0 for the logit alone
 * @param bestBm25 the best score by BM25 among the candidates; 0 if BM25 found none
 */
record RankingScore(double retrievalWeight, double bestBm25) {
    /** Makes the scores of one query's candidates. */
    static RankingScore of(double retrievalWeight, Stream<Candidate> candidates) {
        return new RankingScore(
                retrievalWeight,
                candidates.mapToDouble(RankingScore::bm25).max().orElse(0));
    }

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
        if (cosine == null) {
            return score;
        }
        double share = bestBm25 == 0 ? 0 : RerankConfig.BM25_SHARE * bm25(candidate) / bestBm25;
        return softplus(score + 1) + retrievalWeight * (cosine + share);
    }

    private static double bm25(Candidate candidate) {
        Retrieval retrieval = candidate.retrieval();
        return retrieval == null || retrieval.sparse() == null
                ? 0
                : retrieval.sparse().score();
    }

    /**
     * Returns ln(1 + e^x), which grows like the logit where a text looks relevant and levels off where it does not, since of two texts
     * that answer nothing a cross-encoder cannot tell which is nearer to the topic, and retrieval can.
     */
    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }
}
