// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Holds what the job wrote to the reply topic for one query, parsed. */
public record JobAnswer(JsonNode json) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Parses a reply. */
    static JobAnswer read(byte[] reply) throws IOException {
        return new JobAnswer(JSON.readTree(reply));
    }

    /** Returns the name of the model that ranked. */
    public String model() {
        return json.path("model").asText("unknown");
    }

    /** Returns why the answer is in retrieval order; null if it is a full answer. */
    public @Nullable String degradedReason() {
        return json.path("degraded").asBoolean() ? json.path("degraded_reason").asText("model_error") : null;
    }

    /** Returns the refusal, if the job could not read the query; null otherwise. */
    public @Nullable RequestException refusal() {
        JsonNode error = json.path("error");
        return error.isObject()
                ? new RequestException(
                        Problem.INVALID_REQUEST,
                        error.path("code").asText("invalid"),
                        error.path("message").asText("the job refuses the query"))
                : null;
    }
}
