// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class DocumentConverterTest {
    private static final DocumentConverter USUAL = new DocumentConverter(null, null);

    @Test
    void makesTextsFieldsAndEverythingElseMetadata() throws Exception {
        assertThat(USUAL.document(json("{'title':'Heat','overview':'Cops','genres':['Crime'],'year':1995}"), 7)
                        .toString())
                .isEqualTo(text("{'id':'7','fields':{'title':'Heat','overview':'Cops'},"
                        + "'metadata':{'genres':['Crime'],'year':1995}}"));
    }

    @Test
    void takesTheIdFromIdThenUnderscoreIdThenThePosition() throws Exception {
        assertThat(id(USUAL, "{'id':'a','_id':'b','title':'x'}")).isEqualTo("a");
        assertThat(id(USUAL, "{'_id':'b','title':'x','text':'y'}")).isEqualTo("b");
        assertThat(id(USUAL, "{'id':17,'title':'x'}")).isEqualTo("17");
        assertThat(id(USUAL, "{'id':null,'title':'x'}")).isEqualTo("3");
        assertThat(id(USUAL, "{'title':'x'}")).isEqualTo("3");
    }

    @Test
    void takesTheIdFromTheNamedMemberAndDoesNotSearchIt() throws Exception {
        assertThat(new DocumentConverter("isbn", null)
                        .document(json("{'isbn':'978','id':'1','title':'x'}"), 3)
                        .toString())
                .isEqualTo(text("{'id':'978','fields':{'title':'x'},'metadata':{'id':'1'}}"));
        assertThat(new DocumentConverter("isbn", null)
                        .document(json("{'isbn':'978','id':'1','fields':{'title':'x'}}"), 3)
                        .toString())
                .isEqualTo(text("{'id':'978','fields':{'title':'x'}}"));
    }

    @Test
    void takesMembersOfAFlatObjectForWhatTheContractMeansByTheirNames() throws Exception {
        assertThat(flat("{'title':'x','metadata':{'year':1995},'pages':9}"))
                .isEqualTo("{'id':'3','fields':{'title':'x'},'metadata':{'year':1995,'pages':9}}");
        assertThat(flat("{'title':'x','collection':'films','embedding':[0.5,1]}"))
                .isEqualTo("{'id':'3','collection':'films','fields':{'title':'x'},'embedding':[0.5,1]}");
    }

    @Test
    void makesMetadataOfTextsThatTheJobWouldRefuseAsFields() throws Exception {
        assertThat(flat("{'title':'x','metadata':'m','':'0','_id':'b','id':'a'}"))
                .isEqualTo("{'id':'a','fields':{'title':'x'},'metadata':{'metadata':'m','':'0','_id':'b'}}");
    }

    @Test
    void doesNotTakeForTheContractWhatOnlyHasItsNames() throws Exception {
        assertThat(flat("{'title':'x','collection':['a'],'embedding':['b'],'metadata':[1],'fields':2,'text':3}"))
                .isEqualTo("{'id':'3','fields':{'title':'x'},'metadata':"
                        + "{'collection':['a'],'embedding':['b'],'metadata':[1],'fields':2,'text':3}}");
        assertThat(flat("{'title':'x','collection':' ','embedding':[],'fields':'f'}"))
                .isEqualTo(
                        "{'id':'3','fields':{'title':'x','collection':' ','fields':'f'},'metadata':{'embedding':[]}}");
    }

    @Test
    void refusesADocumentWithoutTheNamedMember() {
        assertThatThrownBy(() -> new DocumentConverter("isbn", null).document(json("{'id':'1','title':'x'}"), 3))
                .hasMessage("has no member \"isbn\" to take its id from");
    }

    @Test
    void refusesAnIdThatIsNoName() {
        assertThatThrownBy(() -> USUAL.document(json("{'id':{'a':1},'title':'x'}"), 3))
                .hasMessage("has an id that is neither text nor a number: id = {\"a\":1}");
    }

    @Test
    void leavesWhatIsInTheContractAsItIs() throws Exception {
        String document = "{'id':'a','collection':'c','fields':{'title':'x'},'metadata':{'n':1},'embedding':[1.0]}";
        assertThat(USUAL.document(json(document), 3).toString()).isEqualTo(text(document));
        assertThat(USUAL.document(json("{'_id':'a','text':'x','metadata':{'n':1}}"), 3)
                        .toString())
                .isEqualTo(text("{'id':'a','text':'x','metadata':{'n':1}}"));
    }

    @Test
    void leavesItToTheJobToJudgeWhatLooksLikeTheContract() throws Exception {
        assertThat(USUAL.document(json("{'id':'a','fields':'oops'}"), 3).toString())
                .isEqualTo(text("{'id':'a','fields':'oops'}"));
    }

    @Test
    void putsDocumentsIntoTheCollectionUnlessTheyNameOne() throws Exception {
        DocumentConverter books = new DocumentConverter(null, "books");
        assertThat(books.document(json("{'title':'x','n':1}"), 3)
                        .path("collection")
                        .asText())
                .isEqualTo("books");
        assertThat(books.document(json("{'text':'x','collection':'own'}"), 3)
                        .path("collection")
                        .asText())
                .isEqualTo("own");
    }

    @Test
    void takesAPlainStringForADocument() throws Exception {
        assertThat(USUAL.document(json("'just text'"), 3).toString()).isEqualTo(text("{'id':'3','text':'just text'}"));
    }

    @Test
    void refusesWhatHoldsNoText() {
        assertThatThrownBy(() -> USUAL.document(json("{'year':1995}"), 3))
                .hasMessage("has no text: none of its members is a string");
        assertThatThrownBy(() -> USUAL.document(json("[1]"), 3)).hasMessage("is not a JSON object");
    }

    private static String flat(String document) throws Exception {
        return USUAL.document(json(document), 3).toString().replace('"', '\'');
    }

    private static String id(DocumentConverter wire, String document) throws Exception {
        return wire.document(json(document), 3).path("id").asText();
    }

    private static JsonNode json(String quoted) throws Exception {
        return new ObjectMapper().readTree(text(quoted));
    }

    private static String text(String quoted) {
        return quoted.replace('\'', '"');
    }
}
