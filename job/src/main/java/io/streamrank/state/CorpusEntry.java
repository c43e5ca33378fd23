// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

import io.streamrank.event.Document;
import io.streamrank.event.Embedding;
import io.streamrank.event.Version;
import org.jspecify.annotations.Nullable;

/**
 * Holds a document in the broadcast state. A delete leaves an entry without document and embedding behind for a
 * while, so that an older upsert that took longer to embed does not bring the document back.
 *
 * @param embedding unit vector; null exactly where the document is
 * @param appliedAtMs when it was applied, milliseconds since the epoch; used to forget deletes
 */
public record CorpusEntry(
        Version version,
        @Nullable Document document,
        @Nullable Embedding embedding,
        long appliedAtMs) {
    public boolean isTombstone() {
        return document == null;
    }
}
