// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval.sparse;

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
}
