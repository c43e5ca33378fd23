// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.codec.EmbeddingCodec;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Array;
import java.sql.Clob;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts a value that a JDBC driver gives into a flat document. Texts, numbers, booleans and arrays stay what they are. Dates, UUIDs
 * and the like become texts in the metadata, as nobody searches for their words. The column {@code embedding} is the vector: an
 * array, pgvector's text, or bytes of little-endian float32.
 */
final class JdbcValues {
    private static final String METADATA = "metadata";
    private static final Set<String> JSON_TYPES = Set.of("json", "jsonb");

    private JdbcValues() {}

    /** Puts the value under the column's name. */
    static void put(ObjectNode document, String column, @Nullable Object value) throws SQLException {
        if (column.equals(EmbeddingCodec.MEMBER)) {
            if (value != null) {
                StoreVectors.put(document, vector(column, value));
            }
            return;
        }
        JsonNode json = json(column, value);
        if (json != null) {
            document.set(column, json);
        } else {
            ObjectNode metadata = document.get(METADATA) instanceof ObjectNode own ? own : document.putObject(METADATA);
            metadata.put(column, String.valueOf(value));
        }
    }

    private static float[] vector(String column, Object value) throws SQLException {
        if (value instanceof byte[] bytes) {
            return VectorType.FLOAT32.numbers(bytes);
        }
        JsonNode array = value instanceof Array
                        || value instanceof List
                        || value.getClass().isArray()
                ? json(column, value)
                : parsed(column, String.valueOf(value)); // pgvector writes [1,2,3]
        if (!(array instanceof ArrayNode numbers)) {
            throw new IllegalArgumentException("has a column embedding that is no vector: select an array of numbers, a"
                    + " vector of pgvector, or bytes of little-endian float32");
        }
        return StoreVectors.numbers(numbers);
    }

    /** Returns the value as JSON; null for one that JSON has no form for but a text. */
    private static @Nullable JsonNode json(String column, @Nullable Object value) throws SQLException {
        if (value == null) {
            return NullNode.getInstance();
        }
        if (value instanceof Double || value instanceof Float) {
            if (!Double.isFinite(((Number) value).doubleValue())) {
                throw new IllegalArgumentException("has " + value + " in the column " + column
                        + ", which JSON has no number for: select null for it");
            }
            return StoreJson.MAPPER.valueToTree(value);
        }
        if (value instanceof BigDecimal decimal) {
            return DecimalNode.valueOf(decimal); // with all its digits
        }
        if (value instanceof String
                || value instanceof Boolean
                || value instanceof Integer
                || value instanceof Long
                || value instanceof Short
                || value instanceof Byte
                || value instanceof BigInteger) {
            return StoreJson.MAPPER.valueToTree(value);
        }
        if (value instanceof byte[]) {
            throw new IllegalArgumentException("has bytes in the column " + column
                    + ": leave the column out, or name it embedding if it is the vector");
        }
        if (value instanceof Array array) {
            return json(column, array.getArray());
        }
        if (value instanceof List<?> list) {
            return array(column, list.toArray());
        }
        if (value instanceof Object[] objects) {
            return array(column, objects);
        }
        if (value.getClass().isArray()) {
            return StoreJson.MAPPER.valueToTree(value);
        }
        if (value instanceof Map<?, ?> map) {
            ObjectNode object = StoreJson.MAPPER.createObjectNode();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                object.set(String.valueOf(entry.getKey()), orText(column, entry.getValue()));
            }
            return object;
        }
        if (value instanceof Clob clob) {
            return StoreJson.MAPPER.valueToTree(clob.getSubString(1, Math.toIntExact(clob.length())));
        }
        return isJson(value) ? parsed(column, value.toString()) : null;
    }

    private static ArrayNode array(String column, @Nullable Object[] values) throws SQLException {
        ArrayNode array = StoreJson.MAPPER.createArrayNode();
        for (Object value : values) {
            array.add(orText(column, value));
        }
        return array;
    }

    private static JsonNode orText(String column, @Nullable Object value) throws SQLException {
        JsonNode json = json(column, value);
        return json == null ? StoreJson.MAPPER.valueToTree(String.valueOf(value)) : json;
    }

    /** Drivers wrap JSON into types of their own, which this class is compiled without. */
    private static boolean isJson(Object value) {
        if (value.getClass().getName().startsWith("java.")) {
            return false; // a date or a UUID, of which each row may have some: an exception for each takes time
        }
        if (value.getClass().getSimpleName().equals("JsonNode")) {
            return true; // DuckDB's
        }
        try {
            return JSON_TYPES.contains(
                    String.valueOf(value.getClass().getMethod("getType").invoke(value))); // PostgreSQL's PGobject
        } catch (ReflectiveOperationException otherClass) {
            return false;
        }
    }

    private static JsonNode parsed(String column, String text) {
        try {
            return StoreJson.MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "has a column " + column + " that cannot be read as JSON: " + e.getOriginalMessage(), e);
        }
    }
}
