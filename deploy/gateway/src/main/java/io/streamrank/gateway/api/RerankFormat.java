// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.gateway.query.RequestException;
import java.util.UUID;

/** Reads requests and writes answers as one family of rerank APIs has them. */
public interface RerankFormat {
    /** Reads a request, or refuses it with a {@link RequestException}. */
    RankingRequest read(ObjectNode body);

    /** Writes the answer. */
    JsonNode write(UUID id, RankingRequest request, RankedTexts ranked);

    /** Writes why there is no answer. */
    JsonNode error(UUID id, RequestException failure);

    /** Writes the error that most clients understand: some read {@code message}, some {@code detail}, some {@code error}. */
    static ObjectNode errorObject(UUID id, RequestException failure) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id.toString());
        json.put("message", failure.getMessage());
        json.put("detail", failure.getMessage());
        json.putObject("error")
                .put("message", failure.getMessage())
                .put("type", failure.problem().type())
                .putNull("param")
                .put("code", failure.code());
        return json;
    }
}
