// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import org.jspecify.annotations.Nullable;

/**
 * Holds one ranked document of an answer.
 *
 * @param index position in the query's documents, or the retrieval rank, 0-based
 * @param id the document's id; null for an inline document without one
 * @param relevanceScore the model's activation of the logit; null where the pair was not scored, or the document
 *     has none of the ranked fields
 * @param logit the model's raw output, only where the query asked for it
 * @param document the document, only where the query asked for it
 * @param retrieval null for inline documents
 */
public record Hit(
        int index,
        @Nullable String id,
        @Nullable Double relevanceScore,
        @Nullable Double logit,
        @Nullable Document document,
        @Nullable Retrieval retrieval) {}
