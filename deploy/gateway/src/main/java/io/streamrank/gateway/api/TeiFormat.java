// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.gateway.query.Problem;
import io.streamrank.gateway.query.RequestException;
import java.util.List;
import java.util.UUID;

/** Reads and writes as Hugging Face's text-embeddings-inference does: {@code texts}, and a bare array with one element each. */
public final class TeiFormat implements RerankFormat {
    static final String TEXTS = "texts";

    /** Returns whether a body is of this format. */
    public static boolean matches(ObjectNode body) {
        return body.has(TEXTS);
    }

    @Override
    public RankingRequest read(ObjectNode body) {
        RequestFields fields = new RequestFields(body);
        String query = fields.query();
        List<JsonNode> documents = fields.documents(TEXTS);
        DocumentTexts texts = DocumentTexts.of(TEXTS, documents, List.of());
        return new RankingRequest(
                query,
                texts.texts(),
                documents,
                documents.size(),
                fields.flag("return_text"),
                fields.flag("raw_scores"),
                texts.warnings());
    }

    @Override
    public JsonNode write(UUID id, RankingRequest request, RankedTexts ranked) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (RankedTexts.Scored scored : ranked.results()) {
            ObjectNode result = array.addObject();
            result.put("index", scored.index());
            if (request.returnDocuments()) {
                result.put("text", request.texts().get(scored.index()));
            }
            result.put("score", scored.score());
        }
        return array;
    }

    @Override
    public JsonNode error(UUID id, RequestException failure) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("error", failure.getMessage())
                .put("error_type", type(failure.problem()));
    }

    private static String type(Problem problem) {
        return switch (problem) {
            case OVERLOADED -> "overloaded";
            case MODEL_ERROR, INTERNAL_ERROR, TIMEOUT -> "backend";
            case UNAVAILABLE -> "unhealthy";
            default -> "validation";
        };
    }
}
