// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Holds a request to rerank, whatever API it came by.
 *
 * @param texts what the model reads of each document, in the request's order; empty if a document has no text
 * @param documents as the request has them, to be sent back
 * @param topN how many results the client wants, at most one for each document
 * @param returnDocuments whether results carry their documents
 * @param rawScores whether scores are logits
 * @param warnings what of the request was not used, one sentence each
 */
public record RankingRequest(
        String query,
        List<String> texts,
        List<JsonNode> documents,
        int topN,
        boolean returnDocuments,
        boolean rawScores,
        List<String> warnings) {
    public RankingRequest {
        texts = List.copyOf(texts);
        documents = List.copyOf(documents);
        warnings = List.copyOf(warnings);
    }

    /**
     * Returns the query for the job. It asks for all results without their documents: the gateway has those, and the answer stays
     * small.
     */
    public ObjectNode toQuery() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("query", query);
        ArrayNode array = json.putArray("documents");
        texts.forEach(array::add);
        json.putArray("rank_fields").add(DocumentText.FIELD);
        json.put("top_n", Math.max(1, texts.size()));
        json.put("return_documents", false);
        json.put("return_logits", rawScores);
        return json;
    }
}
