// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.streamrank.event.Document;
import io.streamrank.event.Embedding;
import io.streamrank.event.Field;
import io.streamrank.event.Header;
import io.streamrank.event.Query;
import io.streamrank.event.RawRecord;
import io.streamrank.event.Remarks;
import io.streamrank.event.Reply;
import io.streamrank.event.RetrievalMode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryCodecTest {
    private final QueryCodec codec = new QueryCodec(Limits.defaults(), QueryDefaults.defaults());

    @Test
    void readsEveryField() throws CodecException {
        Decoded<Query> decoded = codec.decode(Wire.record("k".getBytes(UTF_8), Wire.golden("query.json")), 1_003);

        Query query = decoded.value();
        assertThat(decoded.unknownFields()).isEmpty();
        assertThat(query)
                .isEqualTo(new Query(
                        query.origin(),
                        "q-1",
                        "super hero mystery movie about bats",
                        "movies",
                        RetrievalMode.HYBRID,
                        100,
                        5,
                        List.of("title", "overview"),
                        0.25,
                        true,
                        true,
                        """
                                {"year":{"gte":2000},"genres":"Action"}""",
                        500,
                        null,
                        null,
                        null,
                        Remarks.NONE));
        assertThat(query.origin().timestampMs()).isEqualTo(1_000);
        assertThat(query.origin().arrivalMs()).isEqualTo(1_003);
        assertThat(query.origin().key()).isEqualTo("k".getBytes(UTF_8));
        assertThat(query.origin().headers()).containsExactly(new Header("h", new byte[] {1}));
    }

    @Test
    void readsTheQuerysOwnVectorInBothForms() throws CodecException {
        Embedding vector = new Embedding(new float[] {0.6f, -0.8f, 0});

        assertThat(codec.decode(Wire.record(null, Wire.golden("query-embedding.json")), 0)
                        .value()
                        .embedding())
                .isEqualTo(vector);
        assertThat(decode("""
                {"query":"bats","embedding":[0.6,-0.8,0]}""").embedding()).isEqualTo(vector);
        assertThat(decode("""
                {"query":"bats"}""").embedding()).isNull();
    }

    @Test
    void readsInlineDocumentsInEveryForm() throws CodecException {
        Query query = codec.decode(Wire.record(null, Wire.golden("query-inline.json")), 0)
                .value();

        assertThat(query.documents())
                .containsExactly(
                        new Document(null, "default", List.of(new Field("text", "plain text")), null, null),
                        new Document(
                                "d7",
                                "default",
                                List.of(new Field("title", "Bats"), new Field("overview", "They fly.")),
                                """
                                        {"year":2010,"tags":["a"]}""",
                                null),
                        new Document("d8", "default", List.of(new Field("title", "Cats")), """
                                {"year":2011}""", null),
                        new Document(null, "default", List.of(new Field("text", "only text")), null, null));
    }

    @Test
    void fillsInWhatIsLeftOut() throws CodecException {
        Query query = decode("""
                {"query":"bats","id":null,"filter":{},"top_n":null}""");

        assertThat(query)
                .isEqualTo(new Query(
                        query.origin(),
                        "topic-2-41",
                        "bats",
                        "default",
                        50,
                        10,
                        List.of(),
                        null,
                        false,
                        false,
                        null,
                        0,
                        null));
    }

    @Test
    void readsWhatAsksForAReply() throws CodecException {
        assertThat(reply("true")).isEqualTo(new Reply.Request(null, 0, 0));
        assertThat(reply("{}")).isEqualTo(new Reply.Request(null, 0, 0));
        assertThat(reply("{\"instructions\":\"be brief\",\"max_tokens\":50,\"documents\":2}"))
                .isEqualTo(new Reply.Request("be brief", 50, 2));
        assertThat(reply("false")).isNull();
        assertThat(reply("null")).isNull();
        assertThat(codec.decode(Wire.record(null, "{\"query\":\"q\",\"reply\":{\"n\":1}}"), 0)
                        .unknownFields())
                .containsExactly("reply.n");
        assertThat(refusal("{\"query\":\"q\",\"reply\":\"yes\"}"))
                .hasMessage("reply must be true or false but is the text \"yes\"");
        assertThat(refusal("{\"query\":\"q\",\"reply\":{\"documents\":0}}"))
                .hasMessage("reply.documents must be a whole number in [1, 100] but is the number 0");
    }

    private Reply.@Nullable Request reply(String json) throws CodecException {
        return codec.decode(Wire.record(null, "{\"query\":\"q\",\"reply\":" + json + "}"), 0)
                .value()
                .reply();
    }

    @Test
    void takesTheIdFromAReadableKey() throws CodecException {
        String value = """
                {"query":"bats"}""";

        assertThat(codec.decode(Wire.record("key-7", value), 0).value().id()).isEqualTo("key-7");
        assertThat(codec.decode(Wire.record(" ", value), 0).value().id()).isEqualTo("topic-2-41");
        assertThat(codec.decode(Wire.record(new byte[] {(byte) 0xff}, value.getBytes(UTF_8)), 0)
                        .value()
                        .id())
                .isEqualTo("topic-2-41");
    }

    @Test
    void takesTheArrivalForTheTimestampThatARecordLacks() throws CodecException {
        RawRecord timeless = new RawRecord("t", 0, 0, -1, null, """
                {"query":"bats"}""".getBytes(UTF_8), List.of());

        assertThat(codec.decode(timeless, 77).value().origin().timestampMs()).isEqualTo(77);
    }

    @Test
    void reportsMembersThatItIgnores() throws CodecException {
        String json = """
                {"query":"bats","topn":3,"filter":{"a":1},"candidates":5,"embedding":[1],"retrieval":"bm25",
                 "documents":[{"fields":{"t":"x"},"year":3},{"t":"x","embedding":[1]}]}""";

        Decoded<Query> decoded = codec.decode(Wire.record(null, json), 0);

        assertThat(decoded.unknownFields())
                .containsExactly(
                        "topn",
                        "filter",
                        "candidates",
                        "embedding",
                        "retrieval",
                        "documents[0].year",
                        "documents[1].embedding");
        assertThat(decoded.value().remarks().ignored()).isEqualTo(decoded.unknownFields());
    }

    @Test
    void takesEachDocumentAlone() throws CodecException {
        Query query = decode("""
                {"query":"q","documents":["a",null,3,{"id":"b","text":null},{"id":4},{"id":5.0,"t":"x","n":1e999},
                 {"id":" ","t":"y"},{"fields":{"year":1}},{"id":"z","text":"%s"},[]]}""".formatted("x".repeat(262_145)));

        assertThat(query.documents())
                .containsExactly(
                        document(null, new Field("text", "a")),
                        document(null),
                        document(null),
                        new Document("b", "default", List.of(), """
                                {"text":null}""", null),
                        document("4"),
                        document("5.0", new Field("t", "x")),
                        document(null, new Field("t", "y")),
                        document(null),
                        document("z"),
                        document(null));
        assertThat(query.remarks().invalidDocuments())
                .containsExactly(
                        "documents[2] must be a text or an object but is the number 3",
                        "documents[5].metadata.n must be a number within ±1.7976931348623157E308 but is the number 1E+999",
                        "documents[6].id must not be blank",
                        "documents[7].fields.year must be a text but is the number 1; put other values into metadata",
                        "documents[8].text holds 262145 characters but at most 262144 are allowed: \"" + "x".repeat(80)
                                + "…\"",
                        "documents[9] must be a text or an object but is an array of 0");
    }

    private static Document document(String id, Field... fields) {
        return new Document(id, "default", List.of(fields), null, null);
    }

    @Test
    void anEmptyListOfDocumentsIsNoReasonToRetrieve() throws CodecException {
        assertThat(decode("""
                {"query":"q","documents":[]}""").documents()).isEmpty();
    }

    @Test
    void takesANumberForAnId() throws CodecException {
        assertThat(decode("""
                {"query":"q","id":17}""").id()).isEqualTo("17");
    }

    @Test
    void takesAWholeNumberWithAFraction() throws CodecException {
        assertThat(decode("""
                {"query":"bats","top_n":5.0,"candidates":1e2}""").topN()).isEqualTo(5);
    }

    @Test
    void asksForAsManyCandidatesAsResults() throws CodecException {
        assertThat(decode("""
                {"query":"bats","top_n":100}""").candidates()).isEqualTo(100);
        assertThat(decode("""
                {"query":"bats","top_n":5}""").candidates()).isEqualTo(50);
        assertThat(decode("""
                {"query":"bats","top_n":100,"candidates":20}""").candidates()).isEqualTo(20);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {} | missing-field | query is missing: it must say what to search for
                    {"query":null} | missing-field | query is missing: it must say what to search for
                    {"query":"  "} | out-of-range | query must not be blank
                    {"query":"\u00a0\u200b\\u0000"} | out-of-range | query must not be blank
                    {"query":7} | wrong-type | query must be a text but is the number 7
                    {"query":"q","id":[1,2]} | wrong-type | id must be a text or a number but is an array of 2
                    {"query":"q","top_n":"5"} | wrong-type | top_n must be a whole number in [1, 1000] but is the text "5"
                    {"query":"q","top_n":0} | out-of-range | top_n must be a whole number in [1, 1000] but is the number 0
                    {"query":"q","top_n":2.5} | out-of-range | top_n must be a whole number in [1, 1000] but is the number 2.5
                    {"query":"q","top_n":9999999999999999999999} | out-of-range | top_n must be a whole number in [1, 1000] but is the number 9999999999999999999999
                    {"query":"q","candidates":1e999} | out-of-range | candidates must be a whole number in [1, 1000] but is the number 1E+999
                    {"query":"q","retrieval":"bm25"} | out-of-range | retrieval must be one of dense, sparse, hybrid but is the text "bm25"
                    {"query":"q","retrieval":"Dense"} | out-of-range | retrieval must be one of dense, sparse, hybrid but is the text "Dense"
                    {"query":"q","retrieval":1} | wrong-type | retrieval must be one of dense, sparse, hybrid but is the number 1
                    {"query":"q","min_score":1e999} | out-of-range | min_score must be a number within ±1.7976931348623157E308 but is the number 1E+999
                    {"query":"q","timeout_ms":-1} | out-of-range | timeout_ms must be a whole number in [0, 86400000] but is the number -1
                    {"query":"q","return_documents":"true"} | wrong-type | return_documents must be true or false but is the text "true"
                    {"query":"q","rank_fields":"title"} | wrong-type | rank_fields must be an array but is the text "title"
                    {"query":"q","rank_fields":[1]} | wrong-type | rank_fields[0] must be a text but is the number 1
                    {"query":"q","collection":"a/b"} | out-of-range | collection must not hold a slash, which separates it from the id in a record's key, but is "a/b"
                    {"query":"q","embedding":[0]} | out-of-range | embedding must hold at least one number other than 0 but is an array of 1
                    {"query":"q","embedding":{}} | wrong-type | embedding must be an array of numbers, or a text with the base64 of little-endian float32, but is an object
                    {"query":"q","filter":[]} | wrong-type | filter must be an object but is an array of 0
                    {"query":"q","filter":{"a":{"like":1}}} | bad-filter | filter.a.like is not an operator; there are eq, in, gt, gte, lt, lte, and dots name nested members
                    {"query":"q","documents":{}} | wrong-type | documents must be an array but is an object
                    [1] | wrong-type | the value must be a JSON object but is an array of 1
                    null | wrong-type | the value must be a JSON object but is null
                    """)
    void refusesWithTheFieldTheValueAndTheLimit(String json, String cause, String message) {
        CodecException refusal = refusal(json);

        assertThat(refusal).hasMessage(message);
        assertThat(refusal.cause()).isEqualTo(cause);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", """
                        {"query":"bats\"""", """
                        {"query":"bats"} {}""", """
                        {"query":"bats"} x""", """
                        {"query":"bats","query":"cats"}""", """
                        {"query":"bats","min_score":NaN}""", """
                        {"query":"bats","min_score":01}""", "{'query':'bats'}", """
                        {"query":"ba\u0000ts"}""", """
                        \uFEFF{"query":"bats"}"""})
    void refusesWhatIsNotStrictJson(String text) {
        assertThat(refusal(text).cause()).isEqualTo("malformed-json");
    }

    @Test
    void refusesBytesThatAreNotUtf8() {
        byte[] latin1 = {'{', '"', 'q', 'u', 'e', 'r', 'y', '"', ':', '"', (byte) 0xe9, '"', '}'};
        byte[] halfPair = {'{', '"', 'q', '"', ':', '"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"', '}'};

        assertThat(refusal(latin1)).hasMessage("""
                the value is not valid UTF-8: {"query":"\uFFFD"}""");
        assertThat(refusal(latin1).cause()).isEqualTo("not-utf8");
        assertThat(refusal(halfPair).cause()).isEqualTo("not-utf8");
        assertThat(refusal("""
                {"query":"bats"}""".getBytes(UTF_16LE)).cause()).isEqualTo("malformed-json");
    }

    @Test
    void takesAReplacementCharacterThatWasSent() throws Exception {
        assertThat(decode("""
                {"query":"a\uFFFD"}""").text()).isEqualTo("a\uFFFD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"""
            {"query":"a\\ud83d"}""", """
            {"query":"a\\uDE00b"}"""})
    void refusesHalfOfASurrogatePair(String json) {
        assertThat(refusal(json).cause()).isEqualTo("not-utf8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud83d", "\\uDE00b"})
    void refusesHalfOfASurrogatePairInAName(String name) {
        assertThat(refusal("""
                {"query":"a","documents":[{"t":"x","m":{"%s":1}}]}""".formatted(name)).cause()).isIn("not-utf8", "malformed-json");
    }

    @Test
    void readsAWholeSurrogatePairFromEscapes() throws CodecException {
        assertThat(decode("""
                {"query":"a","documents":[{"\\ud83e\\udd87":"x"}]}""").documents().get(0).fields().get(0).name()).isEqualTo("🦇");
        assertThat(decode("""
                {"query":"\\ud83e\\udd87"}""").text()).isEqualTo("🦇");
    }

    @Test
    void refusesWhatIsTooLarge() {
        assertThat(refusal(new byte[(1 << 20) + 1]))
                .hasMessage("the value holds 1048577 bytes but at most 1048576 are read");
        assertThat(refusal("""
                {"query":"%s"}""".formatted("x".repeat(8_193))))
                .hasMessage("query holds 8193 characters but at most 8192 are allowed: \"" + "x".repeat(80) + "…\"");
        assertThat(refusal("""
                {"query":"q","documents":[%s""]}""".formatted("\"\",".repeat(1_000))))
                .hasMessage("documents holds 1001 elements but at most 1000 are allowed");
        assertThat(refusal("""
                {"query":"q","x":%s""".formatted("[".repeat(70))).cause()).isEqualTo("too-large");
        assertThat(refusal("""
                {"query":"q","top_n":%s}""".formatted("9".repeat(101))))
                .hasMessage("the value has a number of more than 100 characters: write it as a text");
    }

    @Test
    void refusesAKeyAndHeadersThatNoAnswerCouldCarry() {
        RawRecord heavy =
                new RawRecord("t", 0, 0, 0, null, """
                        {"query":"q"}""".getBytes(UTF_8), List.of(new Header("h", new byte[65_536])));

        assertThat(catchThrowableOfType(CodecException.class, () -> codec.decode(heavy, 0)))
                .hasMessage("the record's key and headers hold 65537 bytes but at most 65536 are copied to an answer");
    }

    @Test
    void refusesARecordWithoutValue() {
        assertThat(refusal((byte[]) null)).hasMessage("the record has no value but must be a JSON object with a query");
    }

    @Test
    void showsOnlyPrintableCharactersInMessages() {
        assertThat(refusal("""
                {"query":"q","top_n":"a\\u0000\\n\\u202eb"}""")).hasMessageEndingWith("but is the text \"a\uFFFD\uFFFD\uFFFDb\"");
    }

    @Test
    void refusesAFilterOfMoreConditionsThanAreAllowed() throws CodecException {
        String query = """
                {"query":"q","filter":{"or":[%s{"a":2}]}}""";
        String condition = """
                {"a":1},""";

        assertThat(decode(query.formatted(condition.repeat(255))).filter()).isNotNull();
        assertThatThrownBy(() -> decode(query.formatted(condition.repeat(256))))
                .hasMessage("filter holds 257 conditions but at most 256 are allowed");
    }

    private Query decode(String json) throws CodecException {
        return codec.decode(Wire.record(null, json), 0).value();
    }

    private CodecException refusal(String json) {
        return refusal(json.getBytes(UTF_8));
    }

    private CodecException refusal(byte[] value) {
        return catchThrowableOfType(CodecException.class, () -> codec.decode(Wire.record(null, value), 0));
    }
}
