// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval.sparse;

import io.streamrank.state.TermStatistics;
import java.io.Serializable;

/**
 * Scores by BM25 in Lucene's form: the sum over the terms of a query of {@code idf × f / (f + k1 × (1 − b + b × l / L))}, where f says
 * how often the document has the term, l how many terms it has, and L how many documents have on average.
 *
 * @param k1 how soon more of the same term counts less, at least 0
 * @param b how much the length counts, in [0, 1]
 */
public record Bm25(float k1, float b) implements Serializable {
    /** Has the values that Lucene has by default. */
    public static final Bm25 DEFAULTS = new Bm25(1.2f, 0.75f);

    public Bm25 {
        if (!(k1 >= 0) || Float.isInfinite(k1)) {
            throw new IllegalArgumentException("k1 must be a number that is at least 0: " + k1);
        }
        if (!(b >= 0 && b <= 1)) {
            throw new IllegalArgumentException("b must be a number from 0 to 1: " + b);
        }
    }

    /** Returns the weight of a term, {@code ln(1 + (N − n + 0.5) / (n + 0.5))}, which is greater than 0. */
    static float idf(int documents, int withTerm) {
        return (float) Math.log(1 + (documents - withTerm + 0.5) / (withTerm + 0.5));
    }

    /** Returns what the terms of a query weigh among the documents that the statistics are of. */
    public Weights weights(TermStatistics statistics) {
        int[] counts = statistics.counts();
        float[] weights = new float[counts.length];
        for (int term = 0; term < weights.length; term++) {
            weights[term] =
                    counts[term] * idf(statistics.documents(), statistics.withTerm()[term]);
        }
        double average = statistics.length() / (double) statistics.documents();
        return new Weights(weights, k1 * (1 - b), statistics.documents() == 0 ? 0 : k1 * b / (float) average);
    }

    /**
     * Scores documents for one query.
     *
     * @param terms what each term of the query weighs
     * @param constant {@code k1 × (1 − b)}
     * @param slope {@code k1 × b / L}
     */
    public record Weights(float[] terms, float constant, float slope) {
        /** Allows for the rounding of sums of floats. */
        private static final float ROUNDING = 1.0001f;

        /** Returns the score of a document that has each term so often, in the order of the query's terms. */
        public float score(int[] frequencies, int length) {
            float sum = 0;
            for (int term = 0; term < frequencies.length; term++) {
                if (frequencies[term] > 0) {
                    sum += part(terms[term], frequencies[term], length);
                }
            }
            return sum;
        }

        float part(float weight, int frequency, int length) {
            return weight * frequency / (frequency + (constant + slope * length));
        }

        /**
         * Returns what a document of a shard scores at most by these weights. No term weighs more than the greatest ratio of two weights
         * says, and no length counts less than the ratio of the slopes says.
         *
         * @param score what it scores at most by the statistics of its shard
         * @param shard those statistics
         * @param ofShard the weights by them
         */
        public float atMost(float score, TermStatistics shard, Weights ofShard) {
            float ratio = 0;
            for (int term = 0; term < terms.length; term++) {
                if (shard.withTerm()[term] > 0) {
                    ratio = Math.max(ratio, terms[term] / ofShard.terms[term]);
                }
            }
            float lengths = slope == 0 ? 1 : Math.max(1, ofShard.slope / slope);
            return score * ratio * lengths * ROUNDING;
        }
    }
}
