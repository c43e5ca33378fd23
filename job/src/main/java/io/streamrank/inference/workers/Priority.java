// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.workers;

/** Which work goes first where several models share the cores; the order is that of the constants. */
public enum Priority {
    /** Short, and nothing else can be done for the query before it. */
    QUERY_EMBEDDING,
    RERANKING,
    /** Nobody waits for it. */
    PASSAGE_EMBEDDING
}
