// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.event.BlankText;
import io.streamrank.event.RetrievalMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a collection as records of the wire contract. The id of a query is the position of its request, so that any id
 * will do in the files.
 */
final class CollectionRecords {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TestCollection collection;
    private final List<String> documentIds;
    private final List<EvaluationQuery> requests;
    private final boolean judgedOnly;

    /**
     * Prepares the records. The requests of a query follow each other, so that pairs which several of them have are scored once.
     *
     * @param modes to search by; none where each query brings the documents that are judged for it
     * @param depths numbers of candidates, ascending
     */
    CollectionRecords(TestCollection collection, List<RetrievalMode> modes, List<Integer> depths) {
        this.collection = collection;
        this.documentIds = new ArrayList<>(collection.documents().keySet());
        this.requests = collection.queries().keySet().stream()
                .flatMap(query -> EvaluationQuery.of(query, modes, depths).stream())
                .toList();
        this.judgedOnly = modes.isEmpty();
    }

    /** Returns how many documents there are; one is enough where nothing is searched. */
    int documents() {
        return judgedOnly ? 1 : documentIds.size();
    }

    List<EvaluationQuery> requests() {
        return requests;
    }

    byte[] document(int index) {
        String id = documentIds.get(index);
        return bytes(fields(id).put("id", id));
    }

    byte[] query(int index) {
        EvaluationQuery request = requests.get(index);
        ObjectNode query = JSON.createObjectNode()
                .put("id", Integer.toString(index))
                .put("query", collection.queries().get(request.query()))
                .put("candidates", request.candidates())
                .put("top_n", request.candidates())
                .put("return_logits", true);
        if (request.mode() != null) {
            query.put("retrieval", request.mode().wireName());
        } else {
            ArrayNode documents = query.putArray("documents");
            judged(request.query())
                    .forEach(document -> documents.add(fields(document).put("id", document)));
        }
        return bytes(query);
    }

    private List<String> judged(String query) {
        Set<String> known = collection.documents().keySet();
        return collection.gradesOf(query).keySet().stream()
                .filter(known::contains)
                .toList();
    }

    private ObjectNode fields(String id) {
        Passage passage = collection.documents().get(id);
        ObjectNode document = JSON.createObjectNode();
        ObjectNode fields = document.putObject("fields");
        if (passage != null) {
            Map.of("title", passage.title(), "text", passage.text()).entrySet().stream()
                    .filter(field -> !BlankText.isBlank(field.getValue()))
                    .sorted(Map.Entry.<String, String>comparingByKey().reversed())
                    .forEach(field -> fields.put(field.getKey(), field.getValue()));
        }
        return document;
    }

    private static byte[] bytes(ObjectNode node) {
        try {
            return JSON.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts are always JSON", e);
        }
    }
}
