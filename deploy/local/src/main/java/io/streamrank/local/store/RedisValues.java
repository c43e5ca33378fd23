// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Converts hashes and JSON values of Redis to flat documents. A hash has no types: a field that is written as a number is taken for
 * one, so that filters can compare it, and any other is a text.
 *
 * @param vectorField the field that holds the vector: bytes in a hash, an array in a JSON value
 * @param vectorType what the bytes are
 */
record RedisValues(String vectorField, VectorType vectorType) {
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9]\\d{0,17})(\\.\\d{1,18})?");

    /** Converts the fields and values of a hash, in turns. */
    ObjectNode ofHash(List<?> fieldsAndValues) {
        ObjectNode document = StoreJson.MAPPER.createObjectNode();
        for (int i = 0; i + 1 < fieldsAndValues.size(); i += 2) {
            String field = utf8((byte[]) fieldsAndValues.get(i), "a field's name");
            byte[] value = (byte[]) fieldsAndValues.get(i + 1);
            if (field.equals(vectorField)) {
                StoreVectors.put(document, vectorType.numbers(value));
            } else {
                put(document, field, utf8(value, "the field " + field));
            }
        }
        return document;
    }

    private static void put(ObjectNode document, String field, String text) {
        if (NUMBER.matcher(text).matches()) {
            document.set(field, DecimalNode.valueOf(new BigDecimal(text)));
        } else {
            document.put(field, text);
        }
    }

    private static String utf8(byte[] bytes, String what) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "has bytes in " + what + " that are no text: name it with --vector-field if it is the vector", e);
        }
    }

    /** Converts a JSON value, which must be an object. */
    ObjectNode ofJson(String text) {
        JsonNode value;
        try {
            value = StoreJson.MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be read as JSON: " + e.getOriginalMessage(), e);
        }
        if (!(value instanceof ObjectNode document)) {
            throw new IllegalArgumentException("is no JSON object: only objects are documents");
        }
        if (document.get(vectorField) instanceof ArrayNode numbers) {
            document.remove(vectorField);
            StoreVectors.put(document, StoreVectors.numbers(numbers));
        }
        return document;
    }
}
