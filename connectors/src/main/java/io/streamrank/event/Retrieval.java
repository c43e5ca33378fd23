// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import org.jspecify.annotations.Nullable;

/**
 * Holds the rank and score that retrieval gave a hit.
 *
 * @param rank 0 for the first candidate, by cosine, by BM25 or by both fused
 * @param score cosine similarity, in [-1, 1]; null if the query could not be embedded
 * @param denseRank of the hit among the nearest vectors, 0-based; null if it is not among them, or if only one list was made
 * @param sparse what BM25 says of the hit; null if it is not in that list, or if there was none
 */
public record Retrieval(
        int rank,
        @Nullable Double score,
        @Nullable Integer denseRank,
        @Nullable SparseMatch sparse) {
    /** Makes what retrieval by vectors alone says. */
    public Retrieval(int rank, double score) {
        this(rank, score, null, null);
    }
}
