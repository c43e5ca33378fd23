// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import org.jspecify.annotations.Nullable;

/**
 * Asks for a text that is written from the best documents.
 *
 * @param instructions added to the job's own; null for none
 * @param maxTokens of the text; 0 for the job's default
 * @param documents to write it from; 0 for the job's default
 */
public record ReplyRequest(@Nullable String instructions, int maxTokens, int documents) {}
