// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.streamrank.codec.EmbeddingCodec;
import io.streamrank.codec.InvalidJsonException;
import io.streamrank.codec.StrictJson;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Converts hashes and JSON values of Redis to flat documents. A hash has no types: a field that is written as a number is taken for
 * one, so that filters can compare it, and any other is a text.
 *
 * @param vectorField the field that holds the vector: bytes in a hash, an array in a JSON value, or the array as a text
 * @param vectorType what the bytes are
 */
record RedisValues(String vectorField, VectorType vectorType) {
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9]\\d{0,17})(\\.\\d{1,18})?");

    /** Converts the fields and values of a hash, in turns. */
    ObjectNode ofHash(List<?> fieldsAndValues) {
        ObjectNode document = StoreJson.newObject();
        float[] vector = null;
        for (int i = 0; i + 1 < fieldsAndValues.size(); i += 2) {
            String field = utf8((byte[]) fieldsAndValues.get(i), "a field's name", "rename it");
            byte[] value = (byte[]) fieldsAndValues.get(i + 1);
            if (field.equals(vectorField)) {
                vector = vector(value);
            } else {
                String text = utf8(value, "the field " + field, "name it with --vector-field if it is the vector");
                put(document, field, text);
            }
        }
        StoreJson.parseMetadata(document);
        if (vector != null) {
            requireNoOther(document);
            StoreVectors.put(document, vector);
        }
        return document;
    }

    private float[] vector(byte[] value) {
        String text = array(value);
        return text == null ? vectorType.numbers(value) : StoreVectors.numbers("a field " + vectorField, text);
    }

    /** Returns what is written like an array; null for the bytes of numbers, which are no text throughout. */
    private static @Nullable String array(byte[] value) {
        for (byte each : value) {
            if (each < ' ' && !Character.isWhitespace(each)) {
                return null;
            }
        }
        String text = new String(value, US_ASCII).strip();
        return text.startsWith("[") && text.endsWith("]") ? text : null;
    }

    /** Refuses two fields that both stand for the vector, as the document would have only one of them. */
    private void requireNoOther(ObjectNode document) {
        if (document.hasNonNull(EmbeddingCodec.MEMBER)) {
            throw new IllegalArgumentException("has its vector in " + vectorField + " and a field "
                    + EmbeddingCodec.MEMBER + ", which stands for the vector, too: rename or remove one");
        }
    }

    private static void put(ObjectNode document, String field, String text) {
        if (NUMBER.matcher(text).matches()) {
            document.set(field, DecimalNode.valueOf(new BigDecimal(text)));
        } else {
            document.put(field, text);
        }
    }

    /**
     * Decodes a text.
     *
     * @param what names it in a message, e.g. {@code its key}
     * @param advice what to do if it is none
     */
    static String utf8(byte[] bytes, String what, String advice) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("has bytes in " + what + " that are no text: " + advice, e);
        }
    }

    /** Converts a JSON value, which must be an object. */
    ObjectNode ofJson(String text) {
        JsonNode value;
        try {
            value = StrictJson.parse(text);
        } catch (InvalidJsonException problem) {
            throw new IllegalArgumentException(problem.in(1), problem);
        }
        if (!(value instanceof ObjectNode document)) {
            throw new IllegalArgumentException("is no JSON object: only objects are documents");
        }
        JsonNode vector = document.get(vectorField);
        if (vector instanceof ArrayNode || vector instanceof TextNode) {
            document.remove(vectorField);
            requireNoOther(document);
            putVector(document, vector);
        }
        return document;
    }

    /** Leaves it to the job to read a text that is no array, as the contract has base64 for vectors. */
    private void putVector(ObjectNode document, JsonNode vector) {
        if (vector instanceof ArrayNode numbers) {
            StoreVectors.put(document, StoreVectors.numbers(numbers));
        } else if (StoreVectors.isArray(vector.asText())) {
            StoreVectors.put(document, StoreVectors.numbers("a member " + vectorField, vector.asText()));
        } else {
            document.set(EmbeddingCodec.MEMBER, vector);
        }
    }

    /** Names the document after its key. An id of its own that differs becomes metadata. */
    static ObjectNode named(ObjectNode content, String id) {
        JsonNode own = content.get("id");
        if (own != null && !own.isNull() && !own.asText().equals(id)) {
            boolean taken = content.has("_id");
            if (taken || content.path("fields").isObject()) {
                ObjectNode more = StoreJson.newObject();
                more.set(taken ? "id" : "_id", own);
                StoreJson.addMetadata(content, more);
            } else {
                content.set("_id", own);
            }
        }
        return content.put("id", id);
    }
}
