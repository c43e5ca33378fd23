// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.event.Document;
import io.streamrank.event.DocumentKey;
import io.streamrank.event.Field;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One table of documents through every way in: the documents topic, a query that brings them, and a file that is loaded. */
class WaysInTest {
    private static final DocumentCodec DOCUMENTS = new DocumentCodec(Limits.defaults());
    private static final QueryCodec QUERIES = new QueryCodec(Limits.defaults(), QueryDefaults.defaults());

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "none", textBlock = """
                    {"id":"1","text":"x"} | 1 | text=x | none
                    {"id":"1","text":"x","year":1997} | 1 | text=x | {"year":1997}
                    {"id":"1","text":"x","rating":null} | 1 | text=x | {"rating":null}
                    {"id":"1","title":"t","body":"b","tags":["a"],"new":true,"by":{"n":1}} | 1 | title=t;body=b | {"tags":["a"],"new":true,"by":{"n":1}}
                    {"id":"1","title":"t","text":null} | 1 | title=t | {"text":null}
                    {"id":"1","title":"t","text":5} | 1 | title=t | {"text":5}
                    {"id":5,"text":"x"} | 5 | text=x | none
                    {"id":5.0,"text":"x"} | 5.0 | text=x | none
                    {"id":1.10,"text":"x"} | 1.10 | text=x | none
                    {"id":1e3,"text":"x"} | 1E+3 | text=x | none
                    {"id":-7,"text":"x"} | -7 | text=x | none
                    {"id":12345678901234567890123,"text":"x"} | 12345678901234567890123 | text=x | none
                    {"_id":17,"text":"x"} | 17 | text=x | none
                    {"_id":"b","id":null,"text":"x"} | b | text=x | none
                    {"_id":{"$oid":"b"},"text":"x"} | b | text=x | none
                    {"id":{"$oid":"b"},"text":"x"} | b | text=x | none
                    {"id":"a","_id":"b","text":"x"} | a | text=x | {"_id":"b"}
                    {"id":"a","_id":{"$oid":"b"},"text":"x"} | a | text=x | {"_id":{"$oid":"b"}}
                    {"id":"1","text":"x","metadata":"source=web"} | 1 | text=x | {"metadata":"source=web"}
                    {"id":"1","text":"x","metadata":[1]} | 1 | text=x | {"metadata":[1]}
                    {"id":"1","text":"x","metadata":null} | 1 | text=x | none
                    {"id":"1","text":"x","metadata":{"year":1},"year":2,"pages":3} | 1 | text=x | {"year":1,"pages":3}
                    {"id":"1","text":"x","fields":["Physics"]} | 1 | text=x | {"fields":["Physics"]}
                    {"id":"1","text":"x","fields":"Physics"} | 1 | text=x;fields=Physics | none
                    {"id":"1","text":"x","fields":null} | 1 | text=x | none
                    {"id":"1","text":"x","collection":7} | 1 | text=x | {"collection":7}
                    {"id":"1","text":"x","collection":" "} | 1 | text=x;collection=  | none
                    {"id":"1","text":"x","collection":null} | 1 | text=x | none
                    {"id":"1","text":"x","embedding":"AACAPw=="} | 1 | text=x | none
                    {"id":"1","text":"x","embedding":7} | 1 | text=x | {"embedding":7}
                    {"id":"1","text":"x","embedding":null} | 1 | text=x | none
                    {"id":"1","text":"x","":"0"} | 1 | text=x | {"":"0"}
                    {"id":"1","fields":{"title":"t"},"text":"x"} | 1 | title=t;text=x | none
                    {"id":"1","fields":{"title":"t"},"metadata":{"price":1.50}} | 1 | title=t | {"price":1.50}
                    {"id":"1","fields":{"title":"t","none":null},"year":1997} | 1 | title=t | none
                    """)
    void everyWayReadsTheSame(String json, String id, String fields, String metadata) throws Exception {
        for (Document document : List.of(ofTopic(json), ofQuery(json), loaded(json))) {
            assertThat(document.id()).isEqualTo(id);
            assertThat(document.fields().stream()
                            .map(field -> field.name() + '=' + field.text())
                            .collect(Collectors.joining(";"))
                            .strip())
                    .isEqualTo(fields);
            assertThat(document.metadata()).isEqualTo(metadata);
        }
    }

    private static Document ofTopic(String json) throws CodecException {
        return DOCUMENTS.decode(Wire.record(null, json)).value().document();
    }

    private static Document ofQuery(String json) throws CodecException {
        Document document = QUERIES.decode(Wire.record(null, "{\"query\":\"q\",\"documents\":[" + json + "]}"), 0)
                .value()
                .documents()
                .get(0);
        return document;
    }

    /** As a loader does it: with an id, in the contract's form and with a key. */
    private static Document loaded(String json) throws Exception {
        ObjectNode file = Json.object(json);
        String member = FlatDocuments.idMember(file);
        String id = FlatDocuments.id(file.get(member));
        ObjectNode record = new ObjectMapper().createObjectNode().put("id", id);
        record.setAll(FlatDocuments.structured(file, member));
        byte[] key = new DocumentKey(Document.DEFAULT_COLLECTION, id).toString().getBytes(UTF_8);
        return DOCUMENTS
                .decode(Wire.record(key, record.toString().getBytes(UTF_8)))
                .value()
                .document();
    }

    /** The key names the document, so that "_id" is just another member. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"_id":"b","text":"x"}
                    {"id":null,"_id":"b","text":"x"}
                    """)
    void theKeyComesBeforeAnIdOfAnotherName(String json) throws CodecException {
        assertThat(DOCUMENTS.decode(Wire.record("a", json)).value().document())
                .isEqualTo(new Document(
                        "a", Document.DEFAULT_COLLECTION, List.of(new Field("text", "x")), "{\"_id\":\"b\"}", null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"id":5,"text":"x"} | 5
                    {"id":5.0,"text":"x"} | 5.0
                    """)
    void aNumberIsTheIdThatItsKeyNames(String json, String key) throws CodecException {
        assertThat(DOCUMENTS.decode(Wire.record(key, json)).value().id()).isEqualTo(key);
    }
}
