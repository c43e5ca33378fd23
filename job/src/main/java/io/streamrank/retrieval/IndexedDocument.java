// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.event.Document;
import io.streamrank.event.Field;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Shows what filters see of a document: its short fields, and its metadata, which it parses when a filter first looks at it. Not
 * thread-safe.
 */
public final class IndexedDocument {
    /** Filters see fields up to this length. A longer one is prose, and nobody compares it with a value. */
    public static final int MAX_FILTERED_CHARS = 256;

    private final Document document;
    private @Nullable JsonNode metadata;

    private IndexedDocument(Document document) {
        this.document = document;
    }

    public static IndexedDocument of(Document document) {
        return new IndexedDocument(document);
    }

    /** Returns an object; a missing node if there are no metadata. */
    JsonNode metadata() {
        if (metadata == null) {
            metadata = MetadataReader.parse(document.metadata());
        }
        return metadata;
    }

    /** Returns the names of the fields that filters see. */
    Stream<String> filteredNames() {
        return document.fields().stream().filter(IndexedDocument::isFiltered).map(Field::name);
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

    private static boolean isFiltered(Field field) {
        return field.text().length() <= MAX_FILTERED_CHARS;
    }
}
