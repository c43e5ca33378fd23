// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds a document of the corpus, or one that a query carries.
 *
 * @param id unique within the collection; null only for an inline document that has none
 * @param collection name of the corpus that it belongs to
 * @param fields texts, in the order in which they were written
 * @param metadata a JSON object, as text, for filters; null where there is none
 * @param embedding a vector computed elsewhere, or null to have it computed
 */
public record Document(
        @Nullable String id,
        String collection,
        List<Field> fields,
        @Nullable String metadata,
        @Nullable Embedding embedding) {
    public static final String DEFAULT_COLLECTION = "default";

    public Document {
        fields = List.copyOf(fields);
    }

    /** Returns whether the document has a field of that name, blank or not. */
    public boolean has(String field) {
        return fields.stream().anyMatch(one -> one.name().equals(field));
    }
}
