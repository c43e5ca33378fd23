// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.inference.endpoint.EndpointAnswer;
import io.streamrank.inference.endpoint.InvalidAnswerException;
import io.streamrank.inference.model.TextRole;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Speaks of texts and vectors as the embedding APIs do.
 *
 * @param model the provider's name of it
 * @param dimensions to ask for; null for what the model gives
 * @param base64 whether to ask for vectors as bytes, a quarter of the size, where the API has a word for that
 */
record EmbedCodec(Provider provider, String model, @Nullable Integer dimensions, boolean base64) {
    /** Models that were made before Jina's API knew of tasks. */
    private static final Pattern WITHOUT_TASKS = Pattern.compile(".*(embeddings-v2|clip-v1).*");

    /** Returns whether the API can be asked for bytes. */
    boolean offersBase64() {
        return provider != Provider.TEI && provider != Provider.TOGETHER;
    }

    EmbedCodec withoutBase64() {
        return new EmbedCodec(provider, model, dimensions, false);
    }

    byte[] request(List<String> texts, TextRole role) {
        ObjectNode request = ApiJson.newRequest();
        boolean query = role == TextRole.QUERY;
        ArrayNode input =
                switch (provider) {
                    case COHERE -> {
                        request.put("model", model);
                        request.put("input_type", query ? "search_query" : "search_document");
                        request.putArray("embedding_types").add(base64 ? "base64" : "float");
                        put(request, "output_dimension");
                        yield request.putArray("texts");
                    }
                    case TEI -> {
                        request.put("normalize", true);
                        request.put("truncate", true);
                        put(request, "dimensions");
                        yield request.putArray("inputs");
                    }
                    case VOYAGE -> {
                        request.put("model", model);
                        request.put("input_type", query ? "query" : "document");
                        put(request, "output_dimension");
                        if (base64) {
                            request.put("encoding_format", "base64");
                        }
                        yield request.putArray("input");
                    }
                    case JINA -> {
                        request.put("model", model);
                        if (!WITHOUT_TASKS.matcher(model).matches()) {
                            request.put("task", query ? "retrieval.query" : "retrieval.passage");
                        }
                        put(request, "dimensions");
                        if (base64) {
                            request.put("embedding_type", "base64");
                        }
                        yield request.putArray("input");
                    }
                    case TOGETHER, OPENAI -> {
                        request.put("model", model);
                        put(request, "dimensions");
                        if (base64) {
                            request.put("encoding_format", "base64");
                        }
                        yield request.putArray("input");
                    }
                };
        texts.forEach(input::add);
        return ApiJson.bytes(request);
    }

    private void put(ObjectNode request, String name) {
        if (dimensions != null) {
            request.put(name, dimensions);
        }
    }

    /**
     * Returns one unit vector a text; null for one whose vector has no direction, as it is zero or not finite.
     *
     * @param dimension that all must have; 0 for any, but the same
     */
    EndpointAnswer<List<float @Nullable []>> read(byte[] body, int texts, int dimension) throws InvalidAnswerException {
        JsonNode answer = ApiJson.parse(body);
        List<JsonNode> vectors = vectors(answer, texts);
        if (vectors.size() != texts) {
            throw new InvalidAnswerException("has " + vectors.size() + " vectors where " + texts + " texts were sent");
        }
        List<float @Nullable []> read = new ArrayList<>(texts);
        int expected = dimension;
        for (JsonNode each : vectors) {
            float[] vector = each.isTextual() ? decoded(each.asText()) : numbers(each);
            expected = expected == 0 ? vector.length : expected;
            if (vector.length != expected || expected == 0) {
                throw new InvalidAnswerException(
                        "has a vector of " + vector.length + " numbers where " + expected + " are expected");
            }
            read.add(normalized(vector));
        }
        return new EndpointAnswer<>(read, ApiJson.tokens(answer), 0);
    }

    private List<JsonNode> vectors(JsonNode answer, int texts) throws InvalidAnswerException {
        List<JsonNode> found = new ArrayList<>();
        switch (provider) {
            case TEI -> answer.forEach(found::add);
            case COHERE -> {
                JsonNode byType = answer.path("embeddings");
                Iterator<JsonNode> lists = byType.elements();
                JsonNode list = byType.isObject() && lists.hasNext() ? lists.next() : byType;
                list.forEach(found::add);
            }
            default -> {
                for (JsonNode element : ApiJson.inOrder(answer.path("data"), texts, true)) {
                    found.add(element.path("embedding"));
                }
            }
        }
        return found;
    }

    private static float[] numbers(JsonNode list) throws InvalidAnswerException {
        if (!list.isArray()) {
            throw new InvalidAnswerException("has something else than a vector");
        }
        float[] vector = new float[list.size()];
        for (int i = 0; i < vector.length; i++) {
            JsonNode number = list.get(i);
            vector[i] = number.isNumber() ? number.floatValue() : Float.NaN;
        }
        return vector;
    }

    private static float[] decoded(String text) throws InvalidAnswerException {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            FloatBuffer floats =
                    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
            float[] vector = new float[floats.remaining()];
            floats.get(vector);
            return vector;
        } catch (IllegalArgumentException notBase64) {
            throw new InvalidAnswerException("has a vector that is no Base64");
        }
    }

    private static float @Nullable [] normalized(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        if (!(squares > 0) || Double.isInfinite(squares)) {
            return null;
        }
        double length = Math.sqrt(squares);
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] / length);
        }
        return unit;
    }
}
