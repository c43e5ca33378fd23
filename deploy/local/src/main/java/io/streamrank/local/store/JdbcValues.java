// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.streamrank.codec.EmbeddingCodec;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Struct;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects the values of one row, as a JDBC driver gives them, in a flat document. Texts, numbers, booleans and arrays stay what
 * they are. Dates, UUIDs and the like become texts in the metadata, as nobody searches for their words; in a column that may hold
 * the id they stay there as a text. The column {@code embedding} is the vector: an array, pgvector's text, or bytes of
 * little-endian float32.
 */
final class JdbcValues {
    private static final Set<String> IDS = Set.of("id", "_id");
    private static final Set<String> JSON_TYPES = Set.of("json", "jsonb");
    /** A text for which PostgreSQL's driver has no class of Java's. */
    private static final String TEXT_TYPE = "citext";

    private final @Nullable String idColumn;
    private final ObjectNode document = StoreJson.newObject();
    /** Kept apart until the last column, as one of them may be the document's own metadata. */
    private final ObjectNode texts = StoreJson.newObject();

    /** @param idColumn the column that holds the id; null for {@code id}, else {@code _id} */
    JdbcValues(@Nullable String idColumn) {
        this.idColumn = idColumn;
    }

    /**
     * Adds the value of a column.
     *
     * @throws IllegalArgumentException with a clause that says why it can be no part of a document
     */
    void add(String column, @Nullable Object value) throws SQLException {
        if (column.equals(EmbeddingCodec.MEMBER)) {
            if (value != null) {
                StoreVectors.put(document, vector(column, value));
            }
            return;
        }
        JsonNode json = json(column, value);
        if (json != null) {
            document.set(column, json);
        } else if (IDS.contains(column) || column.equals(idColumn)) {
            document.put(column, String.valueOf(value));
        } else {
            texts.put(column, String.valueOf(value));
        }
    }

    /** Returns the document, after the last column. */
    ObjectNode document() {
        StoreJson.parseMetadata(document);
        StoreJson.addMetadata(document, texts);
        return document;
    }

    private static float[] vector(String column, Object value) throws SQLException {
        if (value instanceof byte[] bytes) {
            return ofBytes(bytes);
        }
        if (value instanceof Blob blob) {
            return ofBytes(bytes(blob));
        }
        JsonNode json = json(column, value);
        if (json instanceof ArrayNode numbers) {
            return StoreVectors.numbers(numbers);
        }
        // pgvector writes [1,2,3] in a class of its own.
        String text = json == null ? String.valueOf(value) : json.asText();
        if (!StoreVectors.isArray(text)) {
            throw new IllegalArgumentException("has a column embedding that is no vector: select an array of numbers, a"
                    + " vector of pgvector, or bytes of little-endian float32");
        }
        return StoreVectors.numbers("a column " + column, text);
    }

    private static float[] ofBytes(byte[] bytes) {
        if (bytes.length % Float.BYTES != 0) {
            throw new IllegalArgumentException("has a vector of " + bytes.length + " bytes, but each number takes "
                    + Float.BYTES + ": select bytes of little-endian float32");
        }
        return VectorType.FLOAT32.numbers(bytes);
    }

    private static byte[] bytes(Blob blob) throws SQLException {
        try (InputStream stream = blob.getBinaryStream()) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new SQLException("the bytes of the column embedding cannot be read: " + e.getMessage(), e);
        }
    }

    /** Returns the value as JSON; null for one that JSON has no form for but a text. */
    private static @Nullable JsonNode json(String column, @Nullable Object value) throws SQLException {
        if (value == null) {
            return NullNode.getInstance();
        }
        if (value instanceof Number number) {
            return number(column, number);
        }
        if (value instanceof Boolean flag) {
            return BooleanNode.valueOf(flag);
        }
        if (value instanceof byte[] || value instanceof Blob) {
            throw new IllegalArgumentException("has bytes in the column " + column
                    + ": leave the column out, or name it embedding if it is the vector");
        }
        if (value instanceof Array array) {
            return json(column, array.getArray());
        }
        if (value instanceof List<?> list) {
            return array(column, list.toArray());
        }
        if (value.getClass().isArray()) {
            return array(column, value);
        }
        if (value instanceof Map<?, ?> map) {
            return object(column, map);
        }
        if (value instanceof Struct struct) {
            return json(column, members(struct));
        }
        return textOrJson(column, value);
    }

    private static @Nullable JsonNode number(String column, Number number) {
        if (number instanceof Double || number instanceof Float) {
            if (!Double.isFinite(number.doubleValue())) {
                throw new IllegalArgumentException("has " + number + " in the column " + column
                        + ", which JSON has no number for: select null for it");
            }
            // With the digits that Java writes: those of 0.1 as a float are others if it becomes a double first.
            return DecimalNode.valueOf(new BigDecimal(number.toString()));
        }
        if (number instanceof BigDecimal decimal) {
            return DecimalNode.valueOf(decimal); // with all its digits
        }
        if (number instanceof BigInteger whole) {
            return BigIntegerNode.valueOf(whole);
        }
        return number instanceof Integer || number instanceof Long || number instanceof Short || number instanceof Byte
                ? LongNode.valueOf(number.longValue())
                : null;
    }

    private static @Nullable JsonNode textOrJson(String column, Object value) throws SQLException {
        if (value instanceof String text) {
            return TextNode.valueOf(text);
        }
        if (value instanceof Clob clob) {
            return TextNode.valueOf(clob.getSubString(1, Math.toIntExact(clob.length())));
        }
        if (value instanceof SQLXML xml) {
            return TextNode.valueOf(xml.getString());
        }
        String type = driverType(value);
        if (type.equals(TEXT_TYPE)) {
            return TextNode.valueOf(String.valueOf(value));
        }
        return JSON_TYPES.contains(type) ? StoreJson.parsed("a column " + column, String.valueOf(value)) : null;
    }

    /** @param values an array of objects or of numbers */
    private static ArrayNode array(String column, Object values) throws SQLException {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < java.lang.reflect.Array.getLength(values); i++) {
            array.add(orText(column, java.lang.reflect.Array.get(values, i)));
        }
        return array;
    }

    private static ObjectNode object(String column, Map<?, ?> map) throws SQLException {
        ObjectNode object = StoreJson.newObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            object.set(String.valueOf(entry.getKey()), orText(column, entry.getValue()));
        }
        return object;
    }

    private static JsonNode orText(String column, @Nullable Object value) throws SQLException {
        JsonNode json = json(column, value);
        return json == null ? TextNode.valueOf(String.valueOf(value)) : json;
    }

    /** Returns a map with the names, which DuckDB's class has a method for; of other drivers an array of the values. */
    private static @Nullable Object members(Struct struct) throws SQLException {
        try {
            return struct.getClass().getMethod("getMap").invoke(struct);
        } catch (ReflectiveOperationException otherDriver) {
            return struct.getAttributes();
        }
    }

    /** Returns the type of what a driver wraps in a class of its own, unknown to this one; empty for others. */
    private static String driverType(Object value) {
        Class<?> type = value.getClass();
        if (type.getName().startsWith("java.")) {
            return ""; // a date or a UUID, of which each row may have some: an exception for each takes time
        }
        if (type.getSimpleName().equals("JsonNode")) {
            return "json"; // DuckDB's
        }
        try {
            return String.valueOf(type.getMethod("getType").invoke(value)); // PostgreSQL's PGobject
        } catch (ReflectiveOperationException otherClass) {
            return "";
        }
    }
}
