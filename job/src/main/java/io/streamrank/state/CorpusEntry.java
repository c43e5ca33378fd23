// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

import io.streamrank.event.Document;
import io.streamrank.event.Version;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds a document in the state. A delete leaves an entry without document and vector behind for a
 * while, so that an older upsert that took longer to embed does not bring the document back.
 *
 * @param vector of unit length; null exactly where the document is
 * @param appliedAtMs when it was applied, milliseconds since the epoch; used to forget deletes
 */
public record CorpusEntry(
        Version version,
        @Nullable PackedDocument document,
        @Nullable QuantizedVector vector,
        long appliedAtMs) {
    public boolean isTombstone() {
        return document == null;
    }

    /** Returns the same, and of a delete as if it was applied now. */
    public CorpusEntry restoredAt(long nowMs) {
        return isTombstone() ? new CorpusEntry(version, null, null, nowMs) : this;
    }

    /**
     * Returns the document, without a vector.
     *
     * @param id null if nobody asks for it
     * @throws NullPointerException if this is a tombstone
     */
    public Document unpacked(String collection, @Nullable String id) {
        return Objects.requireNonNull(document, "a tombstone has no document").unpack(collection, id);
    }
}
