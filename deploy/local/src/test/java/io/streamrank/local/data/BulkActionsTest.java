// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.codec.StrictJson;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BulkActionsTest {
    private BulkActions actions = new BulkActions(null);

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '$',
            value = {
                "{'index':{'_index':'m','_id':'1'}}|{'t':'x'}             # {'t':'x','_id':'1'}",
                "{'create':{'_id':7,'routing':'a'}}|{'t':'x'}             # {'t':'x','_id':7}",
                "{'index':{'_id':'1'}}|{'id':'own','t':'x'}               # {'id':'own','t':'x'}",
                "{'index':{'_id':'1'}}|{'_id':'own','t':'x'}              # {'_id':'own','t':'x'}",
                "{'index':{}}|{'t':'x'}                                   # {'t':'x'}",
                "{'index':{'_id':'1'}}|{'t':'x'}|{'t':'y'}                # {'t':'x','_id':'1'}|{'t':'y'}",
                "{'index':{'_id':'1'}}|'text'|{'t':'y'}                   # 'text'|{'t':'y'}",
                "{'index':{'_id':'1'}}|{'index':{'_id':'2'}}|{'t':'x'}    # {'t':'x','_id':'2'}"
            })
    void givesTheIdOfAnActionToTheDocumentBehindIt(String lines, String documents) throws Exception {
        assertThat(read(lines)).isEqualTo(documents);
    }

    /** A member may have such a name, too. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'index':{'title':'x'}}",
                "{'index':'x'}",
                "{'index':{'_id':'1'},'t':'x'}",
                "{'delete':['x']}",
                "{}"
            })
    void leavesDocumentsAsTheyAre(String document) throws Exception {
        assertThat(read(document)).isEqualTo(document);
    }

    @Test
    void goesByTheMemberThatTheUserNames() throws Exception {
        actions = new BulkActions("_id");
        assertThat(read("{'index':{'_id':'1'}}|{'id':5,'t':'x'}")).isEqualTo("{'id':5,'t':'x','_id':'1'}");
        actions = new BulkActions("sku");
        assertThat(read("{'index':{'_id':'1'}}|{'sku':5,'t':'x'}")).isEqualTo("{'sku':5,'t':'x'}");
    }

    @Test
    void givesNoIdToADocumentBehindOneThatCannotBeRead() throws Exception {
        assertThat(read("{'index':{'_id':'1'}}")).isEmpty();
        actions.forget();
        assertThat(read("{'t':'x'}")).isEqualTo("{'t':'x'}");
    }

    @Test
    void refusesAnActionThatWritesNoDocument() {
        for (String action : List.of("{'update':{'_id':'1'}}", "{'delete':{'_id':'1','_index':'m'}}")) {
            assertThatThrownBy(() -> read("{'index':{'_id':'0'}}|" + action))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "is a bulk action that writes no whole document: leave only the actions index and create");
        }
    }

    /** Single quotes stand for double ones, and bars for line ends. */
    private String read(String lines) throws Exception {
        List<String> documents = new ArrayList<>();
        for (String line : lines.strip().split("\\|", -1)) {
            JsonNode document = actions.document(StrictJson.parse(line.replace('\'', '"')));
            if (document != null) {
                documents.add(document.toString().replace('"', '\''));
            }
        }
        return String.join("|", documents);
    }
}
