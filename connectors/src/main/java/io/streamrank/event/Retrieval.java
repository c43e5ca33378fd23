// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

/**
 * Holds the rank and score that retrieval gave a hit.
 *
 * @param rank 0 for the nearest
 * @param score cosine similarity, in [-1, 1]
 */
public record Retrieval(int rank, double score) {}
