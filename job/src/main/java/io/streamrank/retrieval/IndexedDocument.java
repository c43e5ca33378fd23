// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.event.Document;
import io.streamrank.event.Field;
import org.jspecify.annotations.Nullable;

/**
 * Holds a document as the index has it, with what filters see of it: its metadata, parsed once, and its short fields.
 *
 * @param metadata an object; a missing node if there is none
 */
public record IndexedDocument(Document document, JsonNode metadata) {
    /** Filters see fields up to this length. A longer one is prose, and nobody compares it with a value. */
    public static final int MAX_FILTERED_CHARS = 256;

    public static IndexedDocument of(Document document) {
        return new IndexedDocument(document, MetadataReader.parse(document.metadata()));
    }

    /** Returns the text of a field that filters see; null if the document has no such field, or a longer one. */
    @Nullable
    String filteredText(String name) {
        for (Field field : document.fields()) {
            if (field.name().equals(name)) {
                return isFiltered(field) ? field.text() : null;
            }
        }
        return null;
    }

    static boolean isFiltered(Field field) {
        return field.text().length() <= MAX_FILTERED_CHARS;
    }
}
