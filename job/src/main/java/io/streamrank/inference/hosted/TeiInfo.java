// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.inference.endpoint.InvalidAnswerException;
import io.streamrank.inference.model.ModelException;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a server of text-embeddings-inference tells of itself.
 *
 * @param model its name, with its revision where the server knows one
 * @param mostTexts of a request
 */
record TeiInfo(String model, int mostTexts) {
    private static final int DEFAULT_BATCH = 32;

    /**
     * Reads it; null for another API, or where the server cannot be reached now.
     *
     * @param wanted type that the model must have, the one member of {@code model_type}
     */
    static @Nullable TeiInfo read(HostedSpec spec, String wanted, EndpointProbe probe) throws ModelException {
        byte[] body =
                spec.provider() == Provider.TEI ? probe.await(probe.endpoint().get(spec.info())) : null;
        if (body == null) {
            return null;
        }
        JsonNode info;
        try {
            info = ApiJson.parse(body);
        } catch (InvalidAnswerException e) {
            throw new ModelException(spec.uri() + " gave an answer under /info that " + e.getMessage()
                    + "; check that text-embeddings-inference is there.");
        }
        JsonNode types = info.path("model_type");
        String type = types.isObject() && types.fieldNames().hasNext()
                ? types.fieldNames().next()
                : types.asText();
        String revision = info.path("model_sha").asText("");
        String model = info.path("model_id").asText() + (revision.isEmpty() ? "" : "@" + revision);
        if (!type.isEmpty() && !type.equalsIgnoreCase(wanted)) {
            throw new ModelException(spec.uri() + " serves " + model + ", which is of the type " + type + " and not "
                    + wanted + "; name another server.");
        }
        return new TeiInfo(model, Math.max(1, info.path("max_client_batch_size").asInt(DEFAULT_BATCH)));
    }
}
