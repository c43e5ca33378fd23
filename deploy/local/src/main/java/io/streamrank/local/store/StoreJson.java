// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.streamrank.codec.InvalidJsonException;
import io.streamrank.codec.StrictJson;

/** Parses the JSON of stores as strictly as the job does, and puts metadata together. */
final class StoreJson {
    private static final String METADATA = "metadata";

    private StoreJson() {}

    static ObjectNode newObject() {
        return JsonNodeFactory.instance.objectNode();
    }

    /**
     * Parses a part of a row.
     *
     * @param what names the part, e.g. {@code a column more}
     * @throws IllegalArgumentException with a clause that says what is wrong with it
     */
    static JsonNode parsed(String what, String text) {
        try {
            return StrictJson.parse(text);
        } catch (InvalidJsonException problem) {
            throw new IllegalArgumentException("has " + what + " that " + problem.getMessage(), problem);
        }
    }

    /** Replaces metadata that is a text by the object that it holds, if so: many stores have no type for JSON. */
    static void parseMetadata(ObjectNode document) {
        if (document.get(METADATA) instanceof TextNode text
                && text.textValue().stripLeading().startsWith("{")) {
            try {
                if (StrictJson.parse(text.textValue()) instanceof ObjectNode metadata) {
                    document.set(METADATA, metadata);
                }
            } catch (InvalidJsonException noObject) {
                // It stays the text that it is.
            }
        }
    }

    /** Adds members to the metadata. One of the document's own metadata comes before one of the same name. */
    static void addMetadata(ObjectNode document, ObjectNode members) {
        if (members.isEmpty()) {
            return;
        }
        JsonNode own = document.get(METADATA);
        if (own instanceof ObjectNode object) {
            members.setAll(object);
        } else if (own != null && !own.isNull()) {
            members.set(METADATA, own);
        }
        document.set(METADATA, members);
    }
}
