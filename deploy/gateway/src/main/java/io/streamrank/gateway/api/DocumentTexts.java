// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.api;

import static io.streamrank.gateway.query.ClientInput.shown;
import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Holds the texts that the documents of a request are ranked by. A document that is neither text nor object keeps its place
 * without a text, as null does, and a warning names it.
 *
 * @param texts one for each document, in the request's order; empty if a document has none
 * @param warnings what of the documents was not read, and which ranked fields none of them has, one sentence each
 */
record DocumentTexts(List<String> texts, List<String> warnings) {
    /** Most names or documents of one kind that warnings name; of the others they tell how many there are. */
    private static final int MAX_NAMED = 10;

    DocumentTexts {
        texts = List.copyOf(texts);
        warnings = List.copyOf(warnings);
    }

    /**
     * Takes the texts.
     *
     * @param name of the array in the request, for warnings
     */
    static DocumentTexts of(String name, List<JsonNode> documents, List<String> rankFields) {
        List<String> warnings = new ArrayList<>();
        addUnreadable(warnings, name, documents);
        addMissing(warnings, documents, rankFields);
        List<String> texts = documents.stream()
                .map(document -> DocumentText.of(document, rankFields))
                .toList();
        return new DocumentTexts(texts, warnings);
    }

    private static void addUnreadable(List<String> warnings, String name, List<JsonNode> documents) {
        int unreadable = 0;
        for (int i = 0; i < documents.size(); i++) {
            JsonNode document = documents.get(i);
            if (document.isTextual() || document.isObject() || document.isNull()) {
                continue;
            }
            unreadable++;
            if (unreadable <= MAX_NAMED) {
                warnings.add("%s[%d] must be a text or an object but is %s, so it was not read"
                        .formatted(name, i, shown(document)));
            }
        }
        if (unreadable > MAX_NAMED) {
            warnings.add("%s has %d more elements that must be texts or objects but are not, so they were not read"
                    .formatted(name, unreadable - MAX_NAMED));
        }
    }

    private static void addMissing(List<String> warnings, List<JsonNode> documents, List<String> rankFields) {
        Set<String> missing = new LinkedHashSet<>(rankFields);
        for (JsonNode document : documents) {
            missing.removeIf(field -> has(document, field));
        }
        if (missing.isEmpty() || documents.isEmpty()) {
            return;
        }
        String named = missing.stream()
                .limit(MAX_NAMED)
                .map(field -> shown(TextNode.valueOf(field)))
                .collect(joining(", "));
        int more = missing.size() - MAX_NAMED;
        warnings.add("rank_fields: no document has " + named + (more > 0 ? " and " + more + " more" : ""));
    }

    private static boolean has(JsonNode document, String field) {
        return document.isTextual() ? field.equals(DocumentText.FIELD) : document.has(field);
    }
}
