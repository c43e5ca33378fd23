// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.streamrank.event.Document;
import io.streamrank.event.DocumentChange;
import io.streamrank.event.DocumentKey;
import io.streamrank.event.Embedding;
import io.streamrank.event.Field;
import io.streamrank.event.RawRecord;
import io.streamrank.event.Version;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentCodecTest {
    private final DocumentCodec codec = new DocumentCodec(Limits.defaults());

    @ParameterizedTest
    @ValueSource(strings = {"document-base64.json", "document-minimal.json"})
    void writesWhatItReads(String golden) throws CodecException {
        byte[] json = Wire.golden(golden);

        Document document = codec.decode(Wire.record(null, json)).value().document();

        assertThat(new String(DocumentCodec.encode(document), UTF_8)).isEqualTo(Wire.compact(json));
    }

    @ParameterizedTest
    @ValueSource(strings = {"document.json", "document-base64.json"})
    void readsEveryField(String golden) throws CodecException {
        RawRecord record = Wire.record("movies/m-12".getBytes(UTF_8), Wire.golden(golden));

        DocumentChange change = codec.decode(record).value();

        assertThat(change.version()).isEqualTo(new Version(1_000, 2, 41));
        assertThat(change.source()).isSameAs(record);
        assertThat(change.document())
                .isEqualTo(new Document(
                        "m-12",
                        "movies",
                        List.of(
                                new Field("title", "The Batman"),
                                new Field("overview", "A masked vigilante 🦇 uncovers corruption.")),
                        """
                        {"year":2022,"genres":["Action","Crime"],"rating":7.8,"studio":{"name":"WB"},"sequel":null}\
                        """,
                        new Embedding(new float[] {0.6f, -0.8f, 0})));
    }

    @ParameterizedTest
    @CsvSource({
        "m-1, default, m-1",
        "default/m-1, default, m-1",
        "movies/m-1, movies, m-1",
        "movies/a/b, movies, a/b",
    })
    void readsTheNameFromTheKey(String key, String collection, String id) throws CodecException {
        DocumentChange upsert = change(key, """
            {"text":"x"}\
            """);
        DocumentChange delete = change(key, null);

        assertThat(List.of(upsert.collection(), upsert.id())).containsExactly(collection, id);
        assertThat(List.of(delete.collection(), delete.id())).containsExactly(collection, id);
        assertThat(upsert.document().id()).isEqualTo(id);
        assertThat(delete.document()).isNull();
        assertThat(codec.decode(Wire.record(new DocumentKey(collection, id).toString(), null))
                        .value()
                        .id())
                .isEqualTo(id);
    }

    @Test
    void completesTheValueFromAKeyThatAgrees() throws CodecException {
        assertThat(change("movies/m-1", """
            {"id":"m-1","text":"x"}\
            """).collection()).isEqualTo("movies");
        assertThat(change(null, """
            {"id":"m-1","text":"x"}\
            """).collection()).isEqualTo("default");
    }

    @ParameterizedTest
    @CsvSource({
        "m-2, m-1",
        "movies/m-2, m-1",
        "a/b, default/a/b",
    })
    void refusesAKeyThatNamesAnotherDocument(String key, String right) {
        String id = key.equals("a/b") ? "a/b" : "m-1";

        CodecException refusal = refusal(key, """
            {"id":"%s","text":"x"}\
            """.formatted(id));

        assertThat(refusal.cause()).isEqualTo("key-mismatch");
        assertThat(refusal)
                .hasMessage(
                        "the record's key names \"%s\" but its value is document \"%s\" of collection \"default\":"
                                + " Kafka compacts and deletes by key, so write it with the key \"%s\"",
                        key, id, right);
    }

    @Test
    void refusesAPlainIdAsTheKeyInAnotherCollection() {
        assertThat(refusal("m-1", """
            {"id":"m-1","collection":"movies","text":"x"}\
            """)).hasMessageEndingWith("so write it with the key" + " \"movies/m-1\"");
    }

    @Test
    void reportsMembersThatItIgnores() throws CodecException {
        assertThat(codec.decode(Wire.record("a", """
            {"fields":{"text":"x"},"year":2000,"embeding":[1]}\
            """)).unknownFields()).containsExactly("year", "embeding");
        assertThat(codec.decode(Wire.record("a", """
            {"fields":{"text":"x"}%s}\
            """.formatted(members(100)))).unknownFields())
                .hasSize(Decoded.MAX_UNKNOWN_FIELDS);
    }

    /** A client that loads documents tells of the same members as the job. */
    @Test
    void knowsWhatItIgnoresBeforeItReads() throws CodecException {
        String json = """
            {"id":"a","collection":"c","fields":{"t":"x"},"text":"y","metadata":{},"embedding":[1],"_id":1,"year":null}\
            """;

        assertThat(FlatDocuments.unknown(Json.object(json)))
                .containsExactly("_id", "year")
                .isEqualTo(codec.decode(Wire.record(null, json)).unknownFields());
        assertThat(FlatDocuments.unknown(FlatDocuments.structured(Json.object("{\"year\":1,\"t\":\"x\"}"), null)))
                .isEmpty();
    }

    private static String members(int count) {
        StringBuilder members = new StringBuilder();
        for (int i = 0; i < count; i++) {
            members.append(",\"u").append(i).append("\":1");
        }
        return members.toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {"text":"x"} | missing-field | id is missing, and the record has no key to take it from
        {"id":"","text":"x"} | out-of-range | id must not be blank
        {"id":"\u200b","text":"x"} | out-of-range | id must not be blank
        {"id":true,"text":"x"} | wrong-type | id must be a text or a number but is true
        {"_id":true,"text":"x"} | wrong-type | _id must be a text or a number but is true
        {"id":{"a":"b"},"text":"x"} | wrong-type | id must be a text or a number but is an object
        {"_id":{"a":"b"},"text":"x"} | wrong-type | _id must be a text or a number but is an object
        {"_id":{"$oid":"b","a":1},"text":"x"} | wrong-type | _id must be a text or a number but is an object
        {"_id":{"$oid":" "},"text":"x"} | out-of-range | _id must not be blank
        {"id":"a"} | missing-field | document a has no text, so there is nothing to search: give it a text, or fields
        {"id":"a","text":null,"year":1} | missing-field | document a has no text, so there is nothing to search: give it a text, or fields
        {"id":"a","text":"\u00a0\\u0000"} | missing-field | document a has no text, so there is nothing to search: give it a text, or fields
        {"id":"a","fields":{"t":" ","u":null}} | missing-field | document a has no text, so there is nothing to search: give it a text, or fields
        {"id":"a","fields":{"t":["x"]}} | wrong-type | fields.t must be a text but is an array of 1
        {"id":"a","fields":{"t":true}} | wrong-type | fields.t must be a text but is true; put other values into metadata
        {"id":"a","fields":{"id":"x"}} | out-of-range | fields.id is not a name for a field: it must not be blank, id or metadata
        {"id":"a","text":"x","fields":{"text":"y"}} | out-of-range | text is given twice, as text and in fields
        {"id":"a","fields":{"t":"x"},"metadata":[]} | wrong-type | metadata must be an object but is an array of 0
        {"id":"a","text":"x","metadata":{"y":[1,-1e999]}} | out-of-range | metadata.y[1] must be a number within ±1.7976931348623157E308 but is the number -1E+999
        {"id":"a","text":"x","embedding":[]} | out-of-range | embedding must hold at least one number other than 0 but is an array of 0
        {"id":"a","text":"x","embedding":[0,1e-60]} | out-of-range | embedding must hold at least one number other than 0 but is an array of 2
        {"id":"a","text":"x","embedding":[1,"2"]} | wrong-type | embedding[1] must be a number but is the text "2"
        {"id":"a","text":"x","embedding":[1,null]} | wrong-type | embedding[1] must be a number but is null
        {"id":"a","text":"x","embedding":[1e300]} | out-of-range | embedding[0] must be a number within ±3.4028235E38 but is the number 1.0E300
        {"id":"a","text":"x","embedding":[1,1e999]} | out-of-range | embedding[1] must be a number within ±1.7976931348623157E308 but is the number Infinity
        {"id":"a","text":"x","embedding":[1,[2]]} | wrong-type | embedding[1] must be a number but is an array of 1
        {"id":"a","text":"x","embedding":"ada"} | out-of-range | embedding holds 2 bytes in base64 but must hold 4 for each of at most 4096 numbers, as little-endian float32
        {"id":"a","text":"x","embedding":"a vector"} | wrong-type | embedding must be an array of numbers, or a text with the base64 of little-endian float32, but is the text "a vector"
        {"id":"a","fields":{"text":"x"},"embedding":7} | wrong-type | embedding must be an array of numbers, or a text with the base64 of little-endian float32, but is the number 7
        {"id":"a","text":"x","embedding":"AACAPwAAwH8="} | out-of-range | embedding[1] must be a finite number but is NaN
        {"id":"a","text":"x","embedding":"AACAfw=="} | out-of-range | embedding[0] must be a finite number but is Infinity
        {"id":"a","text":"x","embedding":"AAAAAAAAAIA="} | out-of-range | embedding must hold at least one number other than 0 but is an array of 2
        {"id":"a","text":"x","embedding":""} | out-of-range | embedding must hold at least one number other than 0 but is an array of 0
        """)
    void refusesWithTheFieldTheValueAndTheLimit(String json, String cause, String message) {
        CodecException refusal = refusal(null, json);

        assertThat(refusal).hasMessage(message);
        assertThat(refusal.cause()).isEqualTo(cause);
    }

    @Test
    void refusesADeleteWithoutAKey() {
        assertThat(refusal(null, null))
                .hasMessage("the record has neither key nor value: a delete must name its document by key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "/a", "a/", "/"})
    void refusesAKeyThatIsNoName(String key) {
        assertThat(refusal(key, null))
                .hasMessage(
                        "the record's key must be an id, or collection/id, each of 1 to 512 characters, but is \"%s\"",
                        key);
    }

    @Test
    void refusesWhatIsTooLarge() {
        String metadata = """
            {"id":"a","text":"x","metadata":{"m":"%s"}}\
            """.formatted("é".repeat(8_192));

        assertThat(refusal(null, metadata))
                .hasMessage("metadata holds 16392 bytes of JSON but at most 16384 are allowed");
        assertThat(refusal(null, """
            {"id":"a","text":"x","embedding":[%s1]}\
            """.formatted("1,".repeat(4_096))))
                .hasMessage("embedding holds 4097 elements but at most 4096 are allowed");
        assertThat(refusal(null, """
            {"id":"a","text":"x","embedding":"%s"}\
            """.formatted("A".repeat(21_852))))
                .hasMessage("embedding holds 21852 characters of base64 but at most 21848 are allowed, which are 4096"
                        + " numbers");
        assertThat(refusal(null, """
            {"id":"a","text":"x","embedding":"%s"}\
            """.formatted("A".repeat(21_848))))
                .hasMessage("embedding holds 16386 bytes in base64 but must hold 4 for each of at most 4096 numbers, as"
                        + " little-endian float32");
        assertThat(refusal(null, """
            {"id":"%s","text":"x"}\
            """.formatted("i".repeat(513))).cause()).isEqualTo("too-large");
    }

    @Test
    void readsAndWritesTheLongestVector() throws CodecException {
        float[] vector = new float[EmbeddingCodec.MAX_DIMENSION];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = 1f / (i + 1);
        }

        DocumentChange read = change("a", """
            {"text":"x","embedding":"%s"}\
            """.formatted(EmbeddingCodec.base64(vector)));

        assertThat(read.document().embedding()).isEqualTo(new Embedding(vector));
    }

    @Test
    void otherNumbersKeepTheirDigitsNextToAVector() throws CodecException {
        DocumentChange read = change(null, """
            {"id":5.0,"text":"x","price":1.50,"embedding":[0.1,1]}\
            """);

        assertThat(read.id()).isEqualTo("5.0");
        assertThat(read.document().metadata()).isEqualTo("{\"price\":1.50}");
        assertThat(read.document().embedding()).isEqualTo(new Embedding(new float[] {0.1f, 1}));
    }

    private DocumentChange change(String key, String value) throws CodecException {
        return codec.decode(Wire.record(key, value)).value();
    }

    private CodecException refusal(String key, String value) {
        return catchThrowableOfType(CodecException.class, () -> codec.decode(Wire.record(key, value)));
    }
}
