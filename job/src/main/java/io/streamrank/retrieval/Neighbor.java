// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

/**
 * Holds a document that a search found.
 *
 * @param <D> what the index keeps of each document
 * @param rank 0 for the nearest
 * @param score cosine similarity, in [-1, 1] up to rounding, or a score by BM25
 */
public record Neighbor<D>(String id, D document, int rank, float score) {}
