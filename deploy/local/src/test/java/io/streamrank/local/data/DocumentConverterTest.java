// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.codec.StrictJson;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentConverterTest {
    private static final DocumentConverter USUAL = new DocumentConverter(null, null);

    private final GeneratedIds made = new GeneratedIds(Path.of("d.json"));

    @Test
    void makesTextsFieldsAndEverythingElseMetadata() throws Exception {
        assertThat(usual("{'id':7,'title':'Heat','overview':'Cops','genres':['Crime'],'year':1995,'rating':null}"))
                .isEqualTo("{'id':'7','fields':{'title':'Heat','overview':'Cops'},"
                        + "'metadata':{'genres':['Crime'],'year':1995,'rating':null}}");
    }

    /** Every spelling that comes back must be one that its owner knows. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '$',
            value = {
                "{'id':'a','_id':'b','t':'x'}        | a",
                "{'_id':'b','t':'x'}                 | b",
                "{'id':null,'_id':'b','t':'x'}       | b",
                "{'id':17,'t':'x'}                   | 17",
                "{'id':0,'t':'x'}                    | 0",
                "{'id':-1,'t':'x'}                   | -1",
                "{'id':'007','t':'x'}                | 007",
                "{'id':5.0,'t':'x'}                  | 5.0",
                "{'id':1.10,'t':'x'}                 | 1.10",
                "{'id':1e3,'t':'x'}                  | 1E+3",
                "{'id':9007199254740993,'t':'x'}     | 9007199254740993",
                "{'id':123456789012345678901,'t':'x'}| 123456789012345678901",
                "{'id':0.1000000000000000055,'t':'x'}| 0.1000000000000000055",
                "{'id':'ä/ö','t':'x'}                | ä/ö",
                "{'_id':17,'t':'x'}                  | 17"
            })
    void takesTheIdAsItIsWritten(String document, String id) throws Exception {
        assertThat(USUAL.document(json(document), made).path("id")).isEqualTo(json("'" + id + "'"));
    }

    @Test
    void makesIdsThatNoOtherDocumentHas() throws Exception {
        GeneratedIds other = new GeneratedIds(Path.of("other.json"));
        List<String> ids = List.of(
                id(made, "{'t':'x'}"),
                id(made, "{'t':'x'}"),
                id(made, "{'t':'y'}"),
                id(made, "{'id':null,'t':'x'}"),
                id(made, "'x'"),
                id(other, "{'t':'x'}"),
                id(other, "{'t':'y'}"));

        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("made-[0-9a-f]{24}(-2)?"));
        assertThat(made.count()).isEqualTo(5);
    }

    @Test
    void makesTheSameIdsWhenAFileIsLoadedAgainEvenWithMoreInIt() throws Exception {
        String before = id(made, "{'t':'x'}");
        GeneratedIds again = new GeneratedIds(Path.of("elsewhere", "d.json"));

        assertThat(id(again, "{'t':'new'}")).isNotEqualTo(before);
        assertThat(id(again, "{'t':'x'}")).isEqualTo(before);
    }

    @Test
    void takesTheIdFromTheNamedMemberAndDoesNotSearchIt() throws Exception {
        DocumentConverter isbn = new DocumentConverter("isbn", null);
        assertThat(quoted(isbn.document(json("{'isbn':'978','id':'1','title':'x'}"), made)))
                .isEqualTo("{'id':'978','fields':{'title':'x'},'metadata':{'id':'1'}}");
        assertThat(quoted(isbn.document(json("{'isbn':978,'id':'1','fields':{'title':'x'}}"), made)))
                .isEqualTo("{'id':'978','fields':{'title':'x'}}");
        assertThatThrownBy(() -> isbn.document(json("{'id':'1','title':'x'}"), made))
                .hasMessage("has no member \"isbn\" to take its id from: give it one");
    }

    @Test
    void takesMembersOfAFlatObjectForWhatTheContractMeansByTheirNames() throws Exception {
        assertThat(usual("{'id':'a','title':'x','metadata':{'year':1995},'pages':9}"))
                .isEqualTo("{'id':'a','fields':{'title':'x'},'metadata':{'pages':9,'year':1995}}");
        assertThat(usual("{'id':'a','title':'x','collection':'films','embedding':[0.5,1]}"))
                .isEqualTo("{'id':'a','collection':'films','embedding':[0.5,1],'fields':{'title':'x'}}");
        assertThat(usual("{'id':'a','title':'x','embedding':'AACAPw=='}"))
                .isEqualTo("{'id':'a','embedding':'AACAPw==','fields':{'title':'x'}}");
    }

    @Test
    void doesNotTakeForTheContractWhatOnlyHasItsNames() throws Exception {
        assertThat(usual("{'id':'a','title':'x','collection':7,'embedding':5,'metadata':'m','fields':[2],'text':3}"))
                .isEqualTo("{'id':'a','fields':{'title':'x'},'metadata':"
                        + "{'collection':7,'embedding':5,'metadata':'m','fields':[2],'text':3}}");
        assertThat(usual("{'id':'a','title':'x','':'0','_id':'b'}"))
                .isEqualTo("{'id':'a','fields':{'title':'x'},'metadata':{'':'0','_id':'b'}}");
    }

    @Test
    void refusesAnIdThatIsNoName() {
        assertThatThrownBy(() -> usual("{'id':[1,2],'title':'x'}"))
                .hasMessage("has an id that is neither a text nor a number, write it as one: id is an array of 2");
        assertThatThrownBy(() -> usual("{'_id':true,'title':'x'}"))
                .hasMessage("has an id that is neither a text nor a number, write it as one: _id is true");
        for (String blank : List.of("", " ", "\u00a0\u200b")) {
            assertThatThrownBy(() -> usual("{'id':'" + blank + "','title':'x'}"))
                    .hasMessage("has a blank id: give it one");
        }
    }

    /** A table of columns, as pandas writes one if it is not asked for rows, is one large object. */
    @ParameterizedTest
    @ValueSource(strings = {"id", "_id"})
    void refusesAnObjectAsIdWithoutWritingItOut(String member) {
        String column = "{'0':'" + "a".repeat(1_000) + "','1':'b'}";
        assertThatThrownBy(() -> usual("{'" + member + "':" + column + ",'title':'x'}"))
                .hasMessage("has an object as " + member + ": write a text or a number, and a table as one object for"
                        + " each row (pandas: orient=\"records\", lines=True)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "_id"})
    void takesTheTextOfAnIdThatMongoDbExports(String member) throws Exception {
        assertThat(usual("{'" + member + "':{'$oid':'5f1d'},'title':'x'}"))
                .isEqualTo("{'id':'5f1d','fields':{'title':'x'}}");
    }

    /** Exports of Elasticsearch and OpenSearch are the hits of a search. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '$',
            value = {
                "{'_index':'m','_type':'_doc','_id':'1','_score':1,'_source':{'title':'Heat','year':1995}}"
                        + " | {'id':'1','fields':{'title':'Heat'},'metadata':{'year':1995}}",
                "{'_id':'1','_source':{'title':'Heat'},'sort':[3],'fields':{'title':['Heat']}}"
                        + " | {'id':'1','fields':{'title':'Heat'}}",
                "{'_id':'1','_source':{'id':'own','title':'Heat'}}"
                        + " | {'id':'own','fields':{'title':'Heat'},'metadata':{'_id':'1'}}",
                "{'_id':'1','_source':{'fields':{'title':'Heat'},'metadata':{'year':1995}}}"
                        + " | {'id':'1','fields':{'title':'Heat'},'metadata':{'year':1995}}",
                "{'_id':'1','_source':{'lang':'de'},'title':'Heat'}"
                        + " | {'id':'1','fields':{'title':'Heat'},'metadata':{'_source':{'lang':'de'}}}",
                "{'_id':'1','_source':'web'}" + " | {'id':'1','fields':{'_source':'web'}}"
            })
    void takesTheSourceOfAHit(String hit, String document) throws Exception {
        assertThat(usual(hit)).isEqualTo(document);
    }

    @Test
    void leavesWhatIsInTheContractAsItIs() throws Exception {
        String document = "{'id':'a','collection':'c','fields':{'title':'x'},'metadata':{'n':null},'embedding':[1.0]}";
        assertThat(usual(document)).isEqualTo(document);
        assertThat(usual("{'id':'a','fields':{'title':7},'metadata':'m'}"))
                .isEqualTo("{'id':'a','fields':{'title':7},'metadata':'m'}");
    }

    @Test
    void putsDocumentsIntoTheCollectionUnlessTheyNameOne() throws Exception {
        DocumentConverter books = new DocumentConverter(null, "books");
        assertThat(collection(books, "{'title':'x','n':1}")).isEqualTo("books");
        assertThat(collection(books, "{'text':'x','collection':'own'}")).isEqualTo("own");
        assertThat(collection(books, "{'text':'x','collection':null}")).isEqualTo("books");
        assertThat(collection(books, "{'fields':{'t':'x'},'collection':null}")).isEqualTo("books");
    }

    @Test
    void takesAPlainStringForADocument() throws Exception {
        assertThat(USUAL.document(json("'just text'"), made).path("text").asText())
                .isEqualTo("just text");
    }

    @Test
    void refusesWhatHoldsNoText() {
        assertThatThrownBy(() -> usual("{'year':1995}"))
                .hasMessage("has no text: none of its members is a string, so give it one");
        assertThatThrownBy(() -> usual("[1]")).hasMessage("is not a JSON object: write {\"id\":\"…\",\"text\":\"…\"}");
    }

    private String usual(String document) throws Exception {
        return quoted(USUAL.document(json(document), made));
    }

    private static String collection(DocumentConverter wire, String document) throws Exception {
        return wire.document(json(document), new GeneratedIds(Path.of("d")))
                .path("collection")
                .asText();
    }

    private static String id(GeneratedIds ids, String document) throws Exception {
        return USUAL.document(json(document), ids).path("id").asText();
    }

    private static String quoted(JsonNode document) {
        return document.toString().replace('"', '\'');
    }

    private static JsonNode json(String quoted) throws Exception {
        return StrictJson.parse(quoted.replace('\'', '"'));
    }
}
