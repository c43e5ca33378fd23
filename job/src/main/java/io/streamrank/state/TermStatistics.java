// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

/**
 * Holds what BM25 has to know of some documents to score them for a query.
 *
 * @param documents how many there are
 * @param length how many terms they have together
 * @param counts how often the query has each of its terms, in the order in which they first occur
 * @param withTerm how many of the documents have each of these terms
 */
public record TermStatistics(int documents, long length, int[] counts, int[] withTerm) {
    /** Returns the statistics of these documents and others, for the same query. */
    public TermStatistics plus(TermStatistics other) {
        int[] sums = withTerm.clone();
        for (int term = 0; term < sums.length; term++) {
            sums[term] += other.withTerm[term];
        }
        return new TermStatistics(documents + other.documents, length + other.length, counts, sums);
    }
}
