// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

import io.streamrank.event.Document;
import io.streamrank.event.Retrieval;
import org.jspecify.annotations.Nullable;

/**
 * Holds a document to rerank.
 *
 * @param retrieval where the first stage put it; null for a document that the query brought along
 */
public record Candidate(Document document, @Nullable Retrieval retrieval) {}
