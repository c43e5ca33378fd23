// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import org.jspecify.annotations.Nullable;

/**
 * Holds a document that a reply may cite.
 *
 * @param id null for a document of the query's own that has none
 * @param text as the reranker read it
 */
public record ReplySource(@Nullable String id, String text) {}
