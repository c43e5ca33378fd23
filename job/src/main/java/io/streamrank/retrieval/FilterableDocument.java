// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.streamrank.event.Document;
import io.streamrank.event.Field;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Shows what filters see of a document: its short fields, and its metadata, which it parses when a filter first looks at it. Not
 * thread-safe.
 */
public final class FilterableDocument {
    /** Filters see fields up to this length. A longer one is prose, and nobody compares it with a value. */
    public static final int MAX_FILTERED_CHARS = 256;

    /** Decimals stay exact, so that 0.1 in a filter is 0.1 in a document. */
    private static final ObjectReader METADATA = new ObjectMapper()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .readerFor(JsonNode.class);

    private final Document document;
    private @Nullable JsonNode metadata;

    private FilterableDocument(Document document) {
        this.document = document;
    }

    public static FilterableDocument of(Document document) {
        return new FilterableDocument(document);
    }

    /** Returns an object; a missing node if there are no metadata. */
    JsonNode metadata() {
        if (metadata == null) {
            metadata = parsed(document.metadata());
        }
        return metadata;
    }

    /** @param json an object as text, checked when the document was decoded; null for none */
    private static JsonNode parsed(@Nullable String json) {
        if (json == null) {
            return MissingNode.getInstance();
        }
        try {
            return METADATA.readValue(json);
        } catch (JsonProcessingException unchecked) {
            throw new IllegalArgumentException("metadata is not JSON: " + json, unchecked);
        }
    }

    /** Returns the names of the fields that filters see. */
    Stream<String> filteredNames() {
        return document.fields().stream().filter(FilterableDocument::isFiltered).map(Field::name);
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
