// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.codec.EmbeddingCodec;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisValuesTest {
    private final RedisValues values = new RedisValues("v", VectorType.FLOAT32);

    @ParameterizedTest
    @CsvSource({
        "FLOAT32, 0000003f000000c0",
        "FLOAT64, 000000000000e03f00000000000000c0",
        "FLOAT16, 003800c0",
        "BFLOAT16, 003f00c0",
    })
    void readsNumbersOfEveryWidth(VectorType type, String hex) {
        assertThat(type.numbers(HexFormat.of().parseHex(hex))).containsExactly(0.5f, -2);
    }

    @Test
    void readsWholeNumbersAndTheEdgesOfHalves() {
        assertThat(VectorType.INT8.numbers(new byte[] {1, -2})).containsExactly(1, -2);
        assertThat(VectorType.UINT8.numbers(new byte[] {1, -2})).containsExactly(1, 254);
        assertThat(VectorType.FLOAT16.numbers(HexFormat.of().parseHex("0100ff7b007c")))
                .containsExactly(0x1p-24f, 65_504, Float.POSITIVE_INFINITY);
        assertThatThrownBy(() -> VectorType.FLOAT64.numbers(new byte[12]))
                .hasMessage("has a vector of 12 bytes, but each number takes 8: say with --vector-type what they are");
    }

    @Test
    void aHashHasTextsNumbersAndAVector() {
        assertThat(values.ofHash(List.of(
                                bytes("title"),
                                bytes("The ship"),
                                bytes("year"),
                                bytes("1997"),
                                bytes("price"),
                                bytes("1.50"),
                                bytes("code"),
                                bytes("007"),
                                bytes("v"),
                                new byte[] {0, 0, 0, 63, 0, 0, 0, -64}))
                        .toString())
                .isEqualTo("{\"title\":\"The ship\",\"year\":1997,\"price\":1.50,\"code\":\"007\",\"embedding\":\""
                        + EmbeddingCodec.base64(new float[] {0.5f, -2}) + "\"}");
    }

    @Test
    void bytesThatAreNoTextAreRefused() {
        assertThatThrownBy(() -> values.ofHash(List.of(bytes("vec"), new byte[] {(byte) 0xff, 0})))
                .hasMessage(
                        "has bytes in the field vec that are no text: name it with --vector-field if it is the vector");
    }

    @Test
    void aJsonValueKeepsItsMembersAndItsVectorBecomesBytes() {
        assertThat(values.ofJson("{\"title\":\"The ship\",\"tags\":[\"a\"],\"v\":[0.5,-2]}")
                        .toString())
                .isEqualTo("{\"title\":\"The ship\",\"tags\":[\"a\"],\"embedding\":\""
                        + EmbeddingCodec.base64(new float[] {0.5f, -2}) + "\"}");
        assertThatThrownBy(() -> values.ofJson("[1]")).hasMessage("is no JSON object: only objects are documents");
        assertThatThrownBy(() -> values.ofJson("{\"v\":[\"x\"]}"))
                .hasMessage("has a vector whose number 1 is \"x\": give it numbers only, or leave it out");
    }

    @Test
    void aVectorMayBeWrittenAsAText() {
        String expected = "{\"embedding\":\"" + EmbeddingCodec.base64(new float[] {0.5f, -2}) + "\"}";

        assertThat(values.ofHash(List.of(bytes("v"), bytes("[0.5, -2]"))).toString())
                .isEqualTo(expected);
        assertThat(values.ofJson("{\"v\":\"[0.5, -2]\"}").toString()).isEqualTo(expected);
        assertThat(values.ofJson("{\"v\":\"AAAAPwAAAMA=\"}").toString()).isEqualTo(expected);
        assertThatThrownBy(() -> values.ofHash(List.of(bytes("v"), bytes("[0.5 -2.0]\n "))))
                .hasMessage("has a field v that is not JSON: a comma is missing");
    }

    /** The document would have one of the two only. */
    @Test
    void twoVectorsAreRefused() {
        String both =
                "has its vector in v and a field embedding, which stands for the vector, too: rename or remove one";

        assertThatThrownBy(() -> values.ofHash(List.of(bytes("v"), new byte[8], bytes("embedding"), bytes("x"))))
                .hasMessage(both);
        assertThatThrownBy(() -> values.ofHash(List.of(bytes("embedding"), bytes("x"), bytes("v"), new byte[8])))
                .hasMessage(both);
        assertThatThrownBy(() -> values.ofJson("{\"embedding\":[1],\"v\":[0.5,-2]}"))
                .hasMessage(both);
    }

    @Test
    void jsonThatCannotBeReadIsRefusedInPlainWords() {
        assertThatThrownBy(() -> values.ofJson("{\"a\":NaN}"))
                .hasMessage("is not JSON: NaN is no JSON value, write null (column 9)");
    }

    @Test
    void aHashMayHoldItsMetadataAsText() {
        assertThat(values.ofHash(List.of(bytes("metadata"), bytes("{\"year\":1997}")))
                        .toString())
                .isEqualTo("{\"metadata\":{\"year\":1997}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '$',
            value = {
                "{'t':'x'}                                    | {'t':'x','id':'key'}",
                "{'id':'key'}                                | {'id':'key'}",
                "{'id':null}                                 | {'id':'key'}",
                "{'id':7}                                    | {'id':'key','_id':7}",
                "{'id':7,'fields':{'t':'x'}}                 | {'id':'key','fields':{'t':'x'},'metadata':{'_id':7}}",
                "{'id':7,'_id':8}                            | {'id':'key','_id':8,'metadata':{'id':7}}",
                "{'id':7,'_id':8,'metadata':{'id':9}}        | {'id':'key','_id':8,'metadata':{'id':9}}",
            })
    void isNamedAfterItsKeyAndKeepsItsOwnId(String content, String named) {
        assertThat(RedisValues.named(values.ofJson(content.replace('\'', '"')), "key")
                        .toString()
                        .replace('"', '\''))
                .isEqualTo(named);
    }

    @Test
    void aPrefixMatchesItselfAlone() {
        assertThat(RedisStore.pattern("docs:")).isEqualTo("docs:*");
        assertThat(RedisStore.pattern("a*[b]?:")).isEqualTo("a\\*\\[b\\]\\?:*");
    }

    @Test
    void addressesAreShownWithoutSecrets() {
        assertThat(StoreAddress.withoutSecrets("redis://me:secret@host:1/2")).isEqualTo("redis://host:1/2");
        assertThat(StoreAddress.withoutSecrets("jdbc:postgresql://host/db?user=me&password=secret"))
                .isEqualTo("jdbc:postgresql://host/db");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
