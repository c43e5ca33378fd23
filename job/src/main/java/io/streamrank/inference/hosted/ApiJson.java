// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.inference.endpoint.InvalidAnswerException;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Reads and writes the JSON of APIs, and checks that an answer tells of each thing that was sent once. */
final class ApiJson {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(64)
                            .maxStringLength(Integer.MAX_VALUE) // bounded by the answer's size
                            .build())
                    .build())
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS) // servers in Python write NaN
            .build();

    private ApiJson() {}

    static ObjectNode newRequest() {
        return MAPPER.createObjectNode();
    }

    static byte[] bytes(ObjectNode request) {
        try {
            return MAPPER.writeValueAsBytes(request);
        } catch (IOException e) {
            throw new UncheckedIOException("a request could not be written as JSON", e);
        }
    }

    static JsonNode parse(byte[] body) throws InvalidAnswerException {
        try {
            JsonNode json = MAPPER.readTree(body);
            if (json != null && json.isContainerNode()) {
                return json;
            }
        } catch (IOException notJson) {
            throw new InvalidAnswerException("is no JSON");
        }
        throw new InvalidAnswerException("is no JSON object");
    }

    /**
     * Returns the elements of a list, each at the place that its index says.
     *
     * @param sent how many there must be
     * @param byPlace whether one without an index has that of its place in the list: some servers leave out the index 0
     */
    static JsonNode[] inOrder(JsonNode list, int sent, boolean byPlace) throws InvalidAnswerException {
        if (!list.isArray()) {
            throw new InvalidAnswerException("has no list of results");
        }
        JsonNode[] ordered = new JsonNode[sent];
        for (int i = 0; i < Math.min(list.size(), sent); i++) {
            JsonNode index = list.get(i).path("index");
            int at = byPlace && isMissing(index) ? i : checked(index, sent);
            if (ordered[at] != null) {
                throw new InvalidAnswerException("names index " + at + " twice");
            }
            ordered[at] = list.get(i);
        }
        if (list.size() != sent) {
            throw new InvalidAnswerException("has " + list.size() + " results where " + sent + " texts were sent");
        }
        return ordered;
    }

    private static boolean isMissing(JsonNode index) {
        return index.isMissingNode() || index.isNull();
    }

    private static int checked(JsonNode index, int sent) throws InvalidAnswerException {
        if (isMissing(index)) {
            throw new InvalidAnswerException("has a result without an index");
        }
        if (!index.isIntegralNumber() || index.asLong() < 0 || index.asLong() >= sent) {
            throw new InvalidAnswerException("names index " + index + " where " + sent + " texts were sent");
        }
        return index.asInt();
    }

    /** Returns the tokens that the answer says were counted, or 0. */
    static long tokens(JsonNode answer) {
        for (String path : new String[] {
            "/usage/total_tokens",
            "/usage/prompt_tokens",
            "/meta/billed_units/input_tokens",
            "/meta/tokens/input_tokens"
        }) {
            JsonNode found = answer.at(path);
            if (found.isNumber() && found.asLong() > 0) {
                return found.asLong();
            }
        }
        return 0;
    }

    static double searchUnits(JsonNode answer) {
        double units = answer.at("/meta/billed_units/search_units").asDouble(0);
        return units > 0 && Double.isFinite(units) ? units : 0;
    }

    /** Returns about how many tokens a provider counts for a text: most have some four characters, and few less than three. */
    static long estimate(String text) {
        return 1L + text.length() / 3;
    }
}
