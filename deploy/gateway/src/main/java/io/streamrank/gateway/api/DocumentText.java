// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.event.BlankText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Returns the text that a document of a request is ranked by. Of an object these are the fields in {@code rank_fields}, else
 * {@code text}, else all fields. Cohere's and Together's documents both rank as they do there.
 */
final class DocumentText {
    /** Names the text of a plain document, on the wire too. */
    static final String FIELD = "text";

    private DocumentText() {}

    /** Returns the text, one line for each field; empty if there is none, or if the document is neither text nor object. */
    static String of(JsonNode document, List<String> rankFields) {
        if (document.isTextual()) {
            return document.textValue();
        }
        if (!document.isObject()) {
            return "";
        }
        List<String> lines = new ArrayList<>();
        if (!rankFields.isEmpty()) {
            rankFields.forEach(name -> add(lines, document.path(name)));
        } else if (document.hasNonNull(FIELD)) {
            add(lines, document.get(FIELD));
        } else {
            for (Map.Entry<String, JsonNode> field : document.properties()) {
                add(lines, field.getValue());
            }
        }
        return String.join("\n", lines);
    }

    private static void add(List<String> lines, JsonNode value) {
        String text = plain(value);
        if (!BlankText.isBlank(text)) {
            lines.add(text);
        }
    }

    /** Returns any value as a text: JSON for an object or an array, and nothing for null. */
    static String plain(JsonNode value) {
        return value.isContainerNode() ? value.toString() : value.asText("");
    }
}
