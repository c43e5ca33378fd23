// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

import java.util.List;

/**
 * Carries what one shard found by the words of a query, with what it takes to score that anew by the statistics of all shards.
 *
 * @param best the best first, by the shard's own statistics
 * @param statistics of the shard's documents
 * @param leftOut at least the score, by the shard's own statistics, of each match that is neither in the list nor a
 *     copy of one that is; 0 if there is none
 */
public record SparseMatches(List<Match> best, TermStatistics statistics, float leftOut) {
    public SparseMatches {
        best = List.copyOf(best);
    }

    /**
     * Holds a document that has a term of the query.
     *
     * @param candidate with its cosine, if the query has a vector
     * @param frequencies how often it has each term of the query, as {@link TermStatistics} has them in order
     * @param length how many terms it has
     */
    public record Match(Candidate candidate, int[] frequencies, int length) {}
}
