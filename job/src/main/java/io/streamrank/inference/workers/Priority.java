// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.workers;

/** Orders work, within a model and among models on the same workers: the first constant goes first. */
public enum Priority {
    /** Short, and nothing else can be done for the query before it. */
    QUERY_EMBEDDING,
    RERANKING,
    /** Nobody waits for it. */
    PASSAGE_EMBEDDING
}
