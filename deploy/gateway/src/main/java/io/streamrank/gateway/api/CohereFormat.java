// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.gateway.query.RequestException;
import java.util.List;
import java.util.UUID;

/**
 * Writes one body that the clients of Cohere (both versions), Jina, Together, infinity and vLLM read: each needs some of its
 * members and ignores the others.
 */
public final class CohereFormat implements RerankFormat {
    private static final int DOCUMENTS_A_SEARCH_UNIT = 100;

    private final String apiVersion;

    /** @param apiVersion that the answer names, as Cohere's do */
    public CohereFormat(String apiVersion) {
        this.apiVersion = apiVersion;
    }

    @Override
    public RankingRequest read(ObjectNode body) {
        RequestFields fields = new RequestFields(body);
        String query = fields.query();
        List<JsonNode> documents = fields.documents("documents");
        DocumentTexts texts = DocumentTexts.of("documents", documents, fields.rankFields());
        return new RankingRequest(
                query,
                texts.texts(),
                documents,
                fields.topN("top_n", documents.size()),
                fields.flag("return_documents"),
                false,
                texts.warnings());
    }

    @Override
    public JsonNode write(UUID id, RankingRequest request, RankedTexts ranked) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id.toString());
        json.put("object", "rerank");
        json.put("model", ranked.model());
        var results = json.putArray("results");
        for (RankedTexts.Scored scored : ranked.results().subList(0, request.topN())) {
            ObjectNode result = results.addObject();
            result.put("index", scored.index());
            result.put("relevance_score", scored.score());
            if (request.returnDocuments()) {
                result.set("document", object(request.documents().get(scored.index())));
            }
        }
        json.putObject("usage")
                .put("prompt_tokens", ranked.tokens())
                .put("completion_tokens", 0)
                .put("total_tokens", ranked.tokens());
        ObjectNode meta = json.putObject("meta");
        meta.putObject("api_version").put("version", apiVersion);
        meta.putObject("billed_units").put("search_units", searchUnits(request));
        if (!ranked.warnings().isEmpty()) {
            ArrayNode warnings = meta.putArray("warnings");
            ranked.warnings().forEach(warnings::add);
        }
        return json;
    }

    private static JsonNode object(JsonNode document) {
        return document.isObject()
                ? document
                : JsonNodeFactory.instance.objectNode().put(DocumentText.FIELD, DocumentText.plain(document));
    }

    private static int searchUnits(RankingRequest request) {
        return Math.max(1, (request.texts().size() + DOCUMENTS_A_SEARCH_UNIT - 1) / DOCUMENTS_A_SEARCH_UNIT);
    }

    @Override
    public JsonNode error(UUID id, RequestException failure) {
        return RerankFormat.errorObject(id, failure);
    }
}
