// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.inference.endpoint.EndpointAnswer;
import io.streamrank.inference.endpoint.InvalidAnswerException;
import java.util.List;

/**
 * Speaks of pairs as the rerank APIs do. It sends nothing that an API could refuse, and never how many results are wanted: all
 * are, and some APIs fail if that is more than there are texts.
 *
 * @param model the provider's name of it
 */
record RerankCodec(Provider provider, String model) {
    /**
     * Returns whether the score of a pair depends on its query and its passage alone, so that pairs of several requests can be
     * compared. Of Jina's models the third reads all passages together.
     */
    boolean isPointwise() {
        return provider != Provider.JINA || !model.startsWith("jina-reranker-v3");
    }

    /** Returns whether the API gives raw outputs of the model. */
    boolean givesLogits() {
        return provider == Provider.TEI;
    }

    byte[] request(String query, List<String> passages) {
        ObjectNode request = ApiJson.newRequest();
        ArrayNode texts;
        if (provider == Provider.TEI) {
            request.put("query", query);
            texts = request.putArray("texts");
            request.put("raw_scores", true);
            request.put("truncate", true);
        } else {
            request.put("model", model);
            request.put("query", query);
            texts = request.putArray("documents");
            if (provider == Provider.JINA) {
                request.put("return_documents", false); // it would repeat them
            }
        }
        passages.forEach(texts::add);
        return ApiJson.bytes(request);
    }

    /** Returns one score a passage: logits where the API gives them. */
    EndpointAnswer<double[]> read(byte[] body, int passages) throws InvalidAnswerException {
        JsonNode answer = ApiJson.parse(body);
        JsonNode list =
                switch (provider) {
                    case TEI -> answer;
                    case VOYAGE -> answer.path("data");
                    default -> answer.path("results");
                };
        JsonNode[] results = ApiJson.inOrder(list, passages, false);
        double[] scores = new double[passages];
        for (int i = 0; i < passages; i++) {
            JsonNode score = results[i].path(provider == Provider.TEI ? "score" : "relevance_score");
            if (!score.isNumber() || !Double.isFinite(score.asDouble())) {
                throw new InvalidAnswerException("has no finite score for text " + i);
            }
            scores[i] = score.asDouble();
        }
        return new EndpointAnswer<>(scores, ApiJson.tokens(answer), ApiJson.searchUnits(answer));
    }
}
