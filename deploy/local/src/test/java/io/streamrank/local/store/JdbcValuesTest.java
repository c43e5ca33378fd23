// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.streamrank.codec.EmbeddingCodec;
import java.math.BigDecimal;
import java.sql.Date;
import java.sql.SQLException;
import java.sql.Struct;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.rowset.serial.SerialBlob;
import javax.sql.rowset.serial.SerialClob;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.util.PGobject;

/** With values as drivers give them, of which SQLite has few. */
class JdbcValuesTest {
    private static final UUID KEY = UUID.fromString("0190b6a2-7c7e-7cc3-98c8-0123456789ab");
    private static final Date DAY = Date.valueOf("2024-05-06");
    private static final byte[] BYTES = {0, 0, 0, 63, 0, 0, 0, -64};
    private static final String VECTOR = EmbeddingCodec.base64(new float[] {0.5f, -2});

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"-, id", "-, _id", "sku, sku", "sku, id"})
    void aUuidIsTheTextOfAnId(@Nullable String idColumn, String column) throws Exception {
        assertThat(row(idColumn, column, KEY, "title", "x"))
                .isEqualTo("{'" + column + "':'0190b6a2-7c7e-7cc3-98c8-0123456789ab','title':'x'}");
    }

    @Test
    void anyValueThatIsOnlyATextIsAnIdAsSuch() throws Exception {
        assertThat(row(null, "id", DAY)).isEqualTo("{'id':'2024-05-06'}");
        assertThat(row("day", "id", 7, "day", DAY)).isEqualTo("{'id':7,'day':'2024-05-06'}");
        assertThat(row(null, "id", 1.0, "n", new BigDecimal("1.50"))).isEqualTo("{'id':1.0,'n':1.50}");
    }

    static Stream<Arguments> metadata() throws SQLException {
        return Stream.of(
                arguments(List.of("key", KEY, "day", DAY), "{'metadata':{'key':'" + KEY + "','day':'2024-05-06'}}"),
                arguments(
                        List.of("day", DAY, "metadata", typed("jsonb", "{\"year\":1}")),
                        "{'metadata':{'day':'2024-05-06','year':1}}"),
                arguments(
                        List.of("metadata", typed("jsonb", "{\"year\":1}"), "day", DAY),
                        "{'metadata':{'day':'2024-05-06','year':1}}"),
                arguments(
                        List.of("metadata", "{\"year\":1}", "day", DAY), "{'metadata':{'day':'2024-05-06','year':1}}"),
                arguments(List.of("day", DAY, "metadata", " {\"day\":\"own\"}"), "{'metadata':{'day':'own'}}"),
                arguments(
                        List.of("metadata", "some words", "day", DAY),
                        "{'metadata':{'day':'2024-05-06','metadata':'some words'}}"),
                arguments(Arrays.asList("metadata", null, "day", DAY), "{'metadata':{'day':'2024-05-06'}}"));
    }

    @ParameterizedTest
    @MethodSource("metadata")
    void valuesThatAreOnlyTextsJoinTheMetadataInAnyOrder(List<Object> columns, String document) throws Exception {
        assertThat(row(null, columns.toArray())).isEqualTo(document);
    }

    static Stream<Arguments> values() throws SQLException {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("a", 1);
        members.put("b", KEY);
        return Stream.of(
                arguments("a text", "'a text'"),
                arguments(typed("citext", "A text"), "'A text'"),
                arguments(new SerialClob("long".toCharArray()), "'long'"),
                arguments(0.1f, "0.1"),
                arguments(0.1, "0.1"),
                arguments(1e20, "1.0E+20"),
                arguments((short) 7, "7"),
                arguments(true, "true"),
                arguments(null, "null"),
                arguments(new Object[] {KEY, null, DAY}, "['" + KEY + "',null,'2024-05-06']"),
                arguments(new float[] {0.5f, 0.1f}, "[0.5,0.1]"),
                arguments(List.of(List.of(1), Map.of("k", 2L)), "[[1],{'k':2}]"),
                arguments(new NamedStruct(members), "{'a':1,'b':'" + KEY + "'}"),
                arguments(new PlainStruct(1, "x"), "[1,'x']"),
                arguments(typed("json", "[1.50]"), "[1.50]"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void aValueKeepsItsForm(@Nullable Object value, String json) throws Exception {
        assertThat(row(null, "x", value)).isEqualTo("{'x':" + json + "}");
    }

    static Stream<Arguments> vectors() throws SQLException {
        return Stream.of(
                arguments((Object) BYTES),
                arguments(new SerialBlob(BYTES)),
                arguments((Object) new Float[] {0.5f, -2f}),
                arguments(new double[] {0.5, -2}),
                arguments(List.of(0.5, -2)),
                arguments("[0.5, -2]"),
                arguments(typed("vector", "[0.5,-2]")),
                arguments(typed("json", "[0.5,-2]")));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void theColumnEmbeddingIsAVector(Object value) throws Exception {
        assertThat(row(null, "embedding", value)).isEqualTo("{'embedding':'" + VECTOR + "'}");
    }

    static Stream<Arguments> refused() throws SQLException {
        String noVector = "has a column embedding that is no vector: select an array of numbers, a vector of pgvector,"
                + " or bytes of little-endian float32";
        String bytes = "has bytes in the column x: leave the column out, or name it embedding if it is the vector";
        return Stream.of(
                arguments("x", BYTES, bytes),
                arguments("x", new SerialBlob(BYTES), bytes),
                arguments("x", Float.NaN, "has NaN in the column x, which JSON has no number for: select null for it"),
                arguments(
                        "x",
                        new double[] {Double.NEGATIVE_INFINITY},
                        "has -Infinity in the column x, which JSON has no number for: select null for it"),
                arguments(
                        "x",
                        typed("json", "{\"a\":NaN}"),
                        "has a column x that is not JSON: NaN is no JSON value, write null"),
                arguments(
                        "x",
                        typed("json", "{\"a\":1,\"a\":2}"),
                        "has a column x that has the member \"a\" twice: leave one"),
                arguments("embedding", "[0.5 -2]", "has a column embedding that is not JSON: a comma is missing"),
                arguments("embedding", "{0.5,-2}", noVector),
                arguments("embedding", 5, noVector),
                arguments("embedding", new float[0], "has an empty vector: leave it out"),
                arguments(
                        "embedding",
                        List.of("x".repeat(200)),
                        "has a vector whose number 1 is \"" + "x".repeat(79)
                                + "…: give it numbers only, or leave it out"),
                arguments(
                        "embedding",
                        new byte[3],
                        "has a vector of 3 bytes, but each number takes 4: select bytes of little-endian float32"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesWithWhatToDo(String column, Object value, String problem) {
        assertThatThrownBy(() -> row(null, column, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(problem);
    }

    private static PGobject typed(String type, String value) throws SQLException {
        PGobject typed = new PGobject();
        typed.setType(type);
        typed.setValue(value);
        return typed;
    }

    /** Returns the document with single quotes. */
    private static String row(@Nullable String idColumn, @Nullable Object... columnsAndValues) throws SQLException {
        JdbcValues values = new JdbcValues(idColumn);
        for (int i = 0; i < columnsAndValues.length; i += 2) {
            values.add(String.valueOf(columnsAndValues[i]), columnsAndValues[i + 1]);
        }
        return values.document().toString().replace('"', '\'');
    }

    /** As DuckDB's, with a method that gives the names. */
    record NamedStruct(Map<String, Object> members) implements Struct {
        public Map<String, Object> getMap() {
            return members;
        }

        @Override
        public String getSQLTypeName() {
            return "STRUCT";
        }

        @Override
        public Object[] getAttributes() {
            return members.values().toArray();
        }

        @Override
        public Object[] getAttributes(Map<String, Class<?>> map) {
            return getAttributes();
        }
    }

    record PlainStruct(Object... attributes) implements Struct {
        @Override
        public String getSQLTypeName() {
            return "STRUCT";
        }

        @Override
        public Object[] getAttributes() {
            return attributes;
        }

        @Override
        public Object[] getAttributes(Map<String, Class<?>> map) {
            return attributes;
        }
    }
}
