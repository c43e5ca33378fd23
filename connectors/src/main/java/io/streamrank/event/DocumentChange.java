// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import org.jspecify.annotations.Nullable;

/**
 * Holds an upsert or a delete, as read from the documents topic.
 *
 * @param collection the collection that it changes
 * @param id the document that it changes
 * @param version decides between changes of the same document, whatever order they arrive in
 * @param document the new content, or null for a delete
 * @param source the record that it came from, kept so that a document that cannot be embedded becomes a dead letter
 */
public record DocumentChange(
        String collection,
        String id,
        Version version,
        @Nullable Document document,
        RawRecord source) {}
