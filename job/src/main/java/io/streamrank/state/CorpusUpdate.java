// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

import io.streamrank.event.Document;
import io.streamrank.event.DocumentKey;
import io.streamrank.event.Embedding;
import io.streamrank.event.Version;
import org.jspecify.annotations.Nullable;

/**
 * Carries a change to every copy of the corpus.
 *
 * @param document null for a delete
 * @param vector of unit length; null exactly where the document is
 */
public record CorpusUpdate(
        DocumentKey key,
        Version version,
        @Nullable PackedDocument document,
        @Nullable QuantizedVector vector) {
    /** Returns what the corpus holds once it is applied. */
    public CorpusEntry appliedAt(long nowMs) {
        return new CorpusEntry(version, document, vector, nowMs);
    }

    /** Returns the change that puts a document, or deletes it if there is none. */
    public static CorpusUpdate of(
            DocumentKey key, Version version, @Nullable Document document, @Nullable Embedding embedding) {
        return new CorpusUpdate(
                key,
                version,
                document == null ? null : PackedDocument.of(document),
                embedding == null ? null : QuantizedVector.of(embedding.values()));
    }
}
