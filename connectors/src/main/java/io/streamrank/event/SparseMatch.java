// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

/**
 * Holds the rank and score that BM25 gave a hit.
 *
 * @param rank 0 for the best
 * @param score greater than 0
 */
public record SparseMatch(int rank, double score) {}
