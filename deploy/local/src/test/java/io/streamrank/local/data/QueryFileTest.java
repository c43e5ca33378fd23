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
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '$',
            value = {
                "'caf\\u00e9 \\'sank\\'?'                           # 1 {'query':'café \\'sank\\'?'}",
                "'who sank?'                                        # 1 {'query':'who sank?'}",
                "'Dune': what is it about?                          # 1 {'query':'\\'Dune\\': what is it about?'}",
                "'bread', 'butter'                                  # 1 {'query':'\\'bread\\', \\'butter\\''}",
                "'C:\\x'                                            # 1 {'query':'\\'C:\\\\x\\''}",
                "{|  'query': 'bats'|}{|  'query': 'owls'|}         # 1 {'query':'bats'}; 3 {'query':'owls'}",
                "{'query':'bats'}{'query':'owls'}, {'query':'cats'} # 1 {'query':'bats'}; 1 {'query':'owls'}; 1 {'query':'cats'}",
                "{'query':'bats'},|{'query':'owls'}                 # 1 {'query':'bats'}; 2 {'query':'owls'}",
                "owls|\uFEFFbats|\uFEFF{'query':'cats'}             # 1 {'query':'owls'}; 2 {'query':'bats'}; 3 {'query':'cats'}",
                "！what|\uFEFCwhat                                  # 1 {'query':'！what'}; 2 {'query':'\uFEFCwhat'}"
            })
    void takesALineForWhatItsWriterMeant(String content, String read) throws Exception {
        assertThat(String.join("; ", read(content.strip()))).isEqualTo(read.strip());
        assertThat(bad).isEmpty();
    }

    /** What is left of an array that does not begin the file is told, and never asked. */
    @Test
    void asksNoPartOfJson() throws Exception {
        assertThat(read("# queries|[|'who sank?',|'who bit?'|]"))
                .containsExactly("1 {'query':'# queries'}", "4 {'query':'who bit?'}");
        assertThat(bad)
                .containsExactly(
                        "line 2: is only a part of JSON: write {\"query\":\"…\"}, or an array that begins the file",
                        "line 3: is only a part of JSON: write {\"query\":\"…\"}, or an array that begins the file",
                        "line 5: is only a part of JSON: write {\"query\":\"…\"}, or an array that begins the file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "}",
                "},",
                "[{",
                "]} ,",
                "'query': 'owls'",
                "'query': 'owls',",
                "'query' : 'ow\\'ls' }",
                "'documents': [",
                "'filter': {'year': 1},",
                "'top_n': 3,",
                "'reply': true",
                "'min_score': null }]",
                "'query':",
                "'owls',",
                "'owls' ]"
            })
    void refusesAPartOfJson(String line) throws Exception {
        assertThat(read("a|" + line + "|b")).containsExactly("1 {'query':'a'}", "3 {'query':'b'}");
        assertThat(bad)
                .containsExactly(
                        "line 2: is only a part of JSON: write {\"query\":\"…\"}, or an array that begins the file");
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
                "{'query':'first'} 'second'              # goes on after its end: write one value a line",
                "{'query':'before a comma'},             # goes on after its end: write one value a line",
                "{'query':'one','query':'two'}           # has the member \"query\" twice: leave one (column 23)",
                "{'query':NaN}                           # is not JSON: NaN is no JSON value, write null (column 13)",
                "['a']                                   # begins with a bracket, as only an array of all queries may: write {\"query\":\"…\"}",
                "q1~who sank?                            # has columns: write the query's text alone, or {\"id\":\"…\",\"query\":\"…\"}",
                "who ^sank?                              # holds a control character: remove it, or write {\"query\":\"…\"} with its escape",
                "who sank?\uFEFFwho bit?                 # holds a byte order mark, as where another file begins: begin a line there, or remove it"
            })
    void refusesALineAndGoesOn(String line, String problem) throws Exception {
        assertThat(read("a|" + line.strip().replace('~', '\t').replace('^', '\u0007') + "|b"))
                .containsExactly("1 {'query':'a'}", "3 {'query':'b'}");
        assertThat(bad).containsExactly("line 2: " + problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "query|a|b",
                "id,query|q1,a|q2,b",
                "qid;Query;n|1;a;3",
                "'id','text'|'q1','a'",
                "id~query|q1~a",
                "'query'|'a'",
                "Top queries,Clicks,Impressions,CTR,Position|owls,12,300,4%,3.5",
                "Keyword,Volume|owls,10",
                "Keyword;KD;Search Volume|owls;3;10",
                "qid,topic|1,owls"
            })
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
    @ValueSource(
            strings = {
                "query expansion",
                "text, title or query",
                "a;b",
                "question marks, how do they work",
                "bread, butter",
                "keyword research, volume",
                "topics of physics, number theory",
                "volume, position"
            })
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
