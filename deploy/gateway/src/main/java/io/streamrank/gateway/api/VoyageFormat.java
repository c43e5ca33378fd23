// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.gateway.query.RequestException;
import java.util.List;
import java.util.UUID;

/** Reads and writes as Voyage does: {@code top_k}, and results under {@code data} with their documents as texts. */
public final class VoyageFormat implements RerankFormat {
    @Override
    public RankingRequest read(ObjectNode body) {
        RequestFields fields = new RequestFields(body);
        String query = fields.query();
        List<JsonNode> documents = fields.documents("documents");
        DocumentTexts texts = DocumentTexts.of("documents", documents, List.of());
        return new RankingRequest(
                query,
                texts.texts(),
                documents,
                fields.topN("top_k", documents.size()),
                fields.flag("return_documents"),
                false,
                texts.warnings());
    }

    @Override
    public JsonNode write(UUID id, RankingRequest request, RankedTexts ranked) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("object", "list");
        var data = json.putArray("data");
        for (RankedTexts.Scored scored : ranked.results().subList(0, request.topN())) {
            ObjectNode result = data.addObject();
            result.put("index", scored.index());
            result.put("relevance_score", scored.score());
            if (request.returnDocuments()) {
                result.put("document", DocumentText.plain(request.documents().get(scored.index())));
            }
        }
        json.put("model", ranked.model());
        json.putObject("usage").put("total_tokens", ranked.tokens());
        return json;
    }

    /** Leaves out the member {@code error}: Voyage's client up to 0.3 takes that for an object of its own, and fails. */
    @Override
    public JsonNode error(UUID id, RequestException failure) {
        ObjectNode json = RerankFormat.errorObject(id, failure);
        json.remove("error");
        return json;
    }
}
