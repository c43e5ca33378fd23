// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.inference.endpoint.Endpoint;
import io.streamrank.inference.endpoint.InvalidAnswerException;
import io.streamrank.inference.model.ModelException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a server of text-embeddings-inference tells of itself.
 *
 * @param model its name, with its revision where the server knows one
 * @param type the one member of {@code model_type}
 * @param mostTexts of a request
 */
record TeiInfo(String model, String type, int mostTexts) {
    private static final int DEFAULT_BATCH = 32;

    /** Reads it, or returns null where the server cannot be reached now. */
    static @Nullable TeiInfo read(Endpoint endpoint, URI address, Opening opening) throws ModelException {
        byte[] body = opening.await(endpoint.get(address));
        if (body == null) {
            return null;
        }
        JsonNode info;
        try {
            info = Answers.parse(body);
        } catch (InvalidAnswerException e) {
            throw new ModelException(endpoint.spec().name() + " gave an answer under /info that " + e.getMessage()
                    + "; check that text-embeddings-inference is there.");
        }
        JsonNode type = info.path("model_type");
        String name = type.isObject() && type.fieldNames().hasNext()
                ? type.fieldNames().next()
                : type.asText();
        String revision = info.path("model_sha").asText("");
        return new TeiInfo(
                info.path("model_id").asText() + (revision.isEmpty() ? "" : "@" + revision),
                name,
                Math.max(1, info.path("max_client_batch_size").asInt(DEFAULT_BATCH)));
    }

    /** Throws unless the server has a model of that type. */
    void require(String wanted, String uri) throws ModelException {
        if (!type.isEmpty() && !type.equalsIgnoreCase(wanted)) {
            throw new ModelException(uri + " serves " + model + ", which is of the type " + type + " and not " + wanted
                    + "; name another server.");
        }
    }
}
