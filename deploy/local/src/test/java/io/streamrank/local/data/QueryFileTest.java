// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryFileTest {
    @TempDir
    private Path directory;

    private final List<String> bad = new ArrayList<>();

    @Test
    void readsPlainTextAndJson() throws Exception {
        assertThat(read("space opera|| {'query':'bats','top_n':3} |{|  'query':'owls'|}|'quoted' text"))
                .containsExactly(
                        "1 {'query':'space opera'}",
                        "3 {'query':'bats','top_n':3}",
                        "4 {'query':'owls'}",
                        "7 {'query':'\\'quoted\\' text'}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[|{'query':'a'},|'b'|]",
                "[{'query':'a'},'b']",
                "  [ {'query':'a'} |, 'b' ]",
                "[{|'query':|'a'|},'b']"
            })
    void readsAnArray(String content) throws Exception {
        assertThat(read(content))
                .extracting(query -> query.replaceFirst("\\d+ ", ""))
                .containsExactly("{'query':'a'}", "{'query':'b'}");
        assertThat(bad).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '$',
            value = {
                "{'_id':'7','text':'bats'}       # {'query':'bats','id':'7'}",
                "{'_id':7,'text':'bats'}         # {'query':'bats','id':'7'}",
                "{'_id':7.0,'text':'bats'}       # {'query':'bats','id':'7.0'}",
                "{'_id':{'a':1},'text':'bats'}   # {'query':'bats','id':{'a':1}}",
                "{'id':7,'query':'bats'}         # {'id':7,'query':'bats'}",
                "{'query':'bats','top_n':5.0}    # {'query':'bats','top_n':5.0}",
                "{'query':'bats','min_score':1.1000000000000000000001} # {'query':'bats','min_score':1.1000000000000000000001}"
            })
    void leavesToTheJobWhatTheContractKnows(String line, String query) throws Exception {
        assertThat(read(line)).containsExactly("1 " + query);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '$',
            value = {
                "{'query':                               # is not JSON: it ends too early, a closing quote or bracket is missing (column 10)",
                "{'query':'first'} {'query':'second'}    # goes on after its end: write one value a line",
                "{'query':'before a comma'},             # goes on after its end: write one value a line",
                "{'query':'one','query':'two'}           # has the member \"query\" twice: leave one (column 23)",
                "{'query':NaN}                           # is not JSON: NaN is no JSON value, write null (column 13)",
                "['a']                                   # begins with a bracket, as only an array of all queries may: write {\"query\":\"…\"}",
                "q1~who sank?                            # has columns: write the query's text alone, or {\"id\":\"…\",\"query\":\"…\"}",
                "who ^sank?                              # holds a control character: remove it, or write {\"query\":\"…\"} with its escape"
            })
    void refusesALineAndGoesOn(String line, String problem) throws Exception {
        assertThat(read("a|" + line.strip().replace('~', '\t').replace('^', '\u0007') + "|b"))
                .containsExactly("1 {'query':'a'}", "3 {'query':'b'}");
        assertThat(bad).containsExactly("line 2: " + problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"query|a|b", "id,query|q1,a|q2,b", "qid;Query;n|1;a;3", "'id','text'|'q1','a'", "id~query|q1~a"})
    void refusesATable(String table) {
        assertThatThrownBy(() -> read(table.replace('~', '\t')))
                .hasMessage(directory.resolve("q")
                        + " holds no query that could be used: write one a line, as plain text or as JSON");
        assertThat(bad)
                .allMatch(problem -> problem.endsWith(
                        "has columns: write the query's text alone, or {\"id\":\"…\",\"query\":\"…\"}"))
                .hasSize((int) table.chars().filter(sign -> sign == '|').count() + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"query expansion", "text, title or query", "a;b", "question marks, how do they work"})
    void takesAQuestionForOneThoughItNamesAColumn(String text) throws Exception {
        assertThat(read(text)).containsExactly("1 {'query':'" + text + "'}");
    }

    @Test
    void saysThatThereIsNoQuery() {
        assertThatThrownBy(() -> read("[]"))
                .hasMessage(directory.resolve("q") + " is empty: write an array of JSON values, or one a line");
    }

    /** Single quotes stand for double ones, and bars for line ends. */
    private List<String> read(String content) throws Exception {
        Path file = Files.writeString(
                directory.resolve("q"), content.replace('\'', '"').replace('|', '\n'));
        return QueryFile.read(file, problem -> bad.add(problem.toString())).stream()
                .map(query -> query.line() + " " + query.content().toString().replace('"', '\''))
                .toList();
    }
}
