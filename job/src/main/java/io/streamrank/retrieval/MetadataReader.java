// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.MissingNode;
import org.jspecify.annotations.Nullable;

/** Parses a document's metadata for filters. */
public final class MetadataReader {
    /** Decimals stay exact, so that 0.1 in a filter is 0.1 in a document. */
    private static final ObjectReader READER = new ObjectMapper()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .readerFor(JsonNode.class);

    private MetadataReader() {}

    /**
     * Returns the metadata as a tree, or a missing node for none.
     *
     * @param json a JSON object as text, checked when the document was decoded; null for none
     */
    public static JsonNode parse(@Nullable String json) {
        if (json == null) {
            return MissingNode.getInstance();
        }
        try {
            return READER.readValue(json);
        } catch (JsonProcessingException unchecked) {
            throw new IllegalArgumentException("metadata is not JSON: " + json, unchecked);
        }
    }
}
