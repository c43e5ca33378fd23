// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.event.BlankText;
import io.streamrank.gateway.query.ClientInput;
import io.streamrank.gateway.query.Problem;
import io.streamrank.gateway.query.RequestException;
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

    /**
     * Returns the text, one line for each field; empty if there is none.
     *
     * @param path of the document in the request, for messages
     */
    static String of(JsonNode document, List<String> rankFields, String path) {
        if (document.isNull()) {
            return "";
        }
        if (document.isTextual()) {
            return document.textValue();
        }
        if (!(document instanceof ObjectNode object)) {
            throw new RequestException(
                    Problem.INVALID_REQUEST,
                    "wrong-type",
                    "%s must be a text or an object but is %s".formatted(path, ClientInput.shown(document)));
        }
        List<String> lines = new ArrayList<>();
        if (!rankFields.isEmpty()) {
            rankFields.forEach(name -> add(lines, object.path(name)));
        } else if (object.hasNonNull(FIELD)) {
            add(lines, object.get(FIELD));
        } else {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                add(lines, field.getValue());
            }
        }
        return String.join("\n", lines);
    }

    private static void add(List<String> lines, JsonNode value) {
        String text = value.isContainerNode() ? value.toString() : value.isNull() ? "" : value.asText();
        if (!BlankText.isBlank(text)) {
            lines.add(text);
        }
    }
}
