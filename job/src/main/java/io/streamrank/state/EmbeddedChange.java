// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

import io.streamrank.event.DeadLetter;
import io.streamrank.event.DocumentChange;
import io.streamrank.event.Embedding;
import org.jspecify.annotations.Nullable;

/**
 * Carries what the embedder made of a change. An async function has no side output, so its dead letters travel as values.
 *
 * @param embedding unit vector; null for a delete or a dead letter
 * @param deadLetter why the document cannot be searched, or null
 */
public record EmbeddedChange(
        DocumentChange change,
        @Nullable Embedding embedding,
        @Nullable DeadLetter deadLetter) {}
