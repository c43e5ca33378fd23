// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.local.console.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFileTest {
    @TempDir
    private Path directory;

    private final List<String> values = new ArrayList<>();
    private final List<String> bad = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'a':1}|{'a':[2,'}']}",
                "|  |{'a':1}||{'a':[2,'}']}||",
                "{'a':1} \t|  {'a':[2,'}']}",
                "{|  'a':|    1|}|{|'a':|[|2,|'}'|]|}",
                "[{'a':1},{'a':[2,'}']}]",
                "|[|{'a':1}|,|{|'a':[2,|  '}']|}]|  |",
                "[ {'a':1} , {'a':[2,'}']} ] ",
                "{'a':1}{'a':[2,'}']}",
                "{'a':1} {'a':[2,'}']}",
                "{'a':1}, {'a':[2,'}']}",
                "{'a':1},|{'a':[2,'}']}",
                "{'a':1} , ||  {'a':[2,'}']}",
                "{|  'a': 1|}{|  'a': [|    2,|    '}'|  ]|}",
                "{|  'a': 1|}, {|  'a': [|    2,|    '}'|  ]|}",
                "{|  'a': 1|},|{|  'a': [|    2,|    '}'|  ]|}",
                "{'a':1}|\uFEFF{'a':[2,'}']}|\uFEFF",
                "{'a':1}\uFEFF{'a':[2,'}']}",
                "{'a':1}|\uFEFF|  \uFEFF{|  'a': [2,'}']}"
            })
    void readsAnArrayAndValuesOneAfterTheOther(String content) throws Exception {
        read(content);

        assertThat(values)
                .extracting(value -> value.replaceFirst("\\d+ ", ""))
                .containsExactly("{'a':1}", "{'a':[2,'}']}");
        assertThat(bad).isEmpty();
    }

    @Test
    void tellsTheLineOfEachValue() throws Exception {
        read("|{|'a':1|}|{'a':2}||7");

        assertThat(values).containsExactly("2 {'a':1}", "5 {'a':2}", "7 7");
    }

    @Test
    void readsWhatIsLongerThanItsBuffer() throws Exception {
        String text = "ü".repeat(100_000);
        read(" ".repeat(70_000) + "|{'a':'" + text + "'}" + "|{'a':1}".repeat(20_000));

        assertThat(values).hasSize(20_001).startsWith("2 {'a':'" + text + "'}").endsWith("20002 {'a':1}");
    }

    /** One bad value costs itself only, whatever is wrong with it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '$',
            value = {
                "{'a':                # line 2: is not JSON: it ends too early, a closing quote or bracket is missing (column 6)",
                "{'a':[               # line 2: is not JSON: it ends too early, a closing quote or bracket is missing (column 7)",
                "{'a':['b',           # line 2: is not JSON: it ends too early, a closing quote or bracket is missing (column 11)",
                "{'a':'b              # line 2: is not JSON: it ends inside a text, a double quote is missing (column 8)",
                "{'a':[1}             # line 2: is not JSON: a closing bracket does not match the one that was opened (column 8)",
                "{'a' 1}              # line 2: is not JSON: a colon is missing after a member's name (column 6)",
                "{'a':1 'b':2}        # line 2: is not JSON: a comma is missing (column 8)",
                "{'a':1,}             # line 2: is not JSON: a member's name in double quotes is missing, or there is a comma too many (column 8)",
                "{'a':NaN}            # line 2: is not JSON: NaN is no JSON value, write null (column 9)",
                "{'a':-Infinity}      # line 2: is not JSON: -Infinity is no JSON value, write null (column 15)",
                "{'a':True}           # line 2: is not JSON: True is no JSON value, write true or false (column 6)",
                "{'a':None}           # line 2: is not JSON: None is no JSON value, write null (column 6)",
                "{'a':}               # line 2: is not JSON: a value is missing or misspelt (column 6)",
                "{'a':01}             # line 2: is not JSON: a number must not begin with 0, write it without or as a text (column 7)",
                "{'a':1.}             # line 2: is not JSON: a number is misspelt (column 7)",
                "{'a':'\\x'}           # line 2: is not JSON: \\x is no escape in a text, write a backslash as \\\\ (column 8)",
                "{'a':'\\ud800'}       # line 2: holds half of a character, such as \\ud83d alone: write both halves",
                "{'a':1,'a':2}        # line 2: has the member \"a\" twice: leave one (column 11)",
                "{'a':1} x            # line 2: goes on after its end: write one value a line",
                "{'a':1}[{'a':2}]     # line 2: goes on after its end: write one value a line",
                "{'a':1}, 7           # line 2: goes on after its end: write one value a line",
                "{'a':1} x {          # line 2: goes on after its end: write one value a line",
                "{'a':1} x {|  'b':|  2|}    # line 2: goes on after its end: write one value a line",
                "{'a':\uFEFF1}        # line 2: is not JSON: it holds a byte order mark, remove it (column 6)",
                "// a comment         # line 2: is not JSON: JSON has no comments, remove it (column 1)",
                "{/* none */}         # line 2: is not JSON: JSON has no comments, remove it (column 2)",
                "plain text           # line 2: is not JSON: \"plain\" is no JSON value, and a text needs double quotes (column 1)",
                "7 8                  # line 2: goes on after its end: leave one value (column 3)",
                "{|  'a':NaN,|  'b':[|    'c'|  ]|}    # line 2: is not JSON: NaN is no JSON value, write null (line 3, column 10)",
                "{|  'a' 'b',|  'b':[|    'c'|  ]|}    # line 2: is not JSON: a colon is missing after a member's name (line 3, column 7)",
                "{|'a':1|'b':[|'c'|]|}                 # line 2: is not JSON: a comma is missing (line 4, column 1)",
                "{|'a' 1,|'b':[{|'c':2|}, {|'d':3|}|],|'e':'x'|}    # line 2: is not JSON: a colon is missing after a member's name (line 3, column 5)",
                "{'a':'first|second','b':1}            # line 2: is not JSON: a text must not hold a line break, write \\n (column 12)"
            })
    void reportsABadValueAndGoesOn(String broken, String problem) throws Exception {
        read("{'n':1}|" + broken.strip() + "|{'n':2}|{'n':3}");

        assertThat(values)
                .extracting(value -> value.replaceFirst("\\d+ ", ""))
                .containsExactly("{'n':1}", "{'n':2}", "{'n':3}");
        assertThat(bad).containsExactly(problem);
    }

    /** What stands behind an object that is broken is read, or it is told that it is not. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '$',
            value = {
                "{|  'a' 1|}{|  'b': 2|}{|  'c': 3|}   # 3 {'b':2}; 5 {'c':3} # line 1: is not JSON: a colon is missing after a member's name (line 2, column 7)",
                "{|  'a' 1|}, {|  'b': 2|}             # 3 {'b':2}            # line 1: is not JSON: a colon is missing after a member's name (line 2, column 7)",
                "{|  'a' 1,|  'l': [{|    'x': 1|  }, {|    'x': 2|  }]|}|{'b':2} # 9 {'b':2} # line 1: is not JSON: a colon is missing after a member's name (line 2, column 7)",
                "{|  'a' 1|}|'text'|{'b':2}            # 4 'text'; 5 {'b':2}  # line 1: is not JSON: a colon is missing after a member's name (line 2, column 7)",
                "{|  'a': 1|} x {|  'b': 2|}|{'c':3}   # 6 {'c':3}            # line 1: goes on after its end: write one value a line",
                "{'a' 1}{'b':2}|{'c':3}                # 2 {'c':3}            # line 1: is not JSON: a colon is missing after a member's name (column 6), and what follows on its line cannot be read: write one value a line",
                "{'a' 1} {'b':2}|{'c':3}  # 2 {'c':3}            # line 1: is not JSON: a colon is missing after a member's name (column 6), and what follows on its line cannot be read: write one value a line",
                "{'a' 1}, {'b':2}|{'c':3}  # 2 {'c':3}            # line 1: is not JSON: a colon is missing after a member's name (column 6), and what follows on its line cannot be read: write one value a line",
                "{'a':1}{'b' 2}{'c':3}|{'d':4}         # 1 {'a':1}; 2 {'d':4} # line 1: is not JSON: a colon is missing after a member's name (column 13), and what follows on its line cannot be read: write one value a line",
                "{'ä':NaN} {'b':NaN}|{'c':3}           # 2 {'c':3}            # line 1: is not JSON: NaN is no JSON value, write null (column 9); line 1: is not JSON: NaN is no JSON value, write null (column 19)",
                "{'a':1}|{'b':2},                      # 1 {'a':1}            # line 2: goes on after its end: write one value a line"
            })
    void losesNothingBehindABrokenObject(String content, String read, String problems) throws Exception {
        read(content.strip());

        assertThat(String.join("; ", values)).isEqualTo(read.strip());
        assertThat(String.join("; ", bad)).isEqualTo(problems);
    }

    @Test
    void reportsABadValueOfAnArrayAndGoesOn() throws Exception {
        read("[{'a':1},|{'a':NaN},|{'a':1,'a':2},|'b|c',|,|nothing,|{'a':2},|]");

        assertThat(values).containsExactly("1 {'a':1}", "8 {'a':2}");
        assertThat(bad)
                .containsExactly(
                        "line 2: is not JSON: NaN is no JSON value, write null (column 9)",
                        "line 3: has the member \"a\" twice: leave one (column 11)",
                        "line 4: is not JSON: a text must not hold a line break, write \\n (column 3)",
                        "line 6: has a comma without a value in the array: remove the comma",
                        "line 7: is not JSON: \"nothing\" is no JSON value, and a text needs double quotes (column 1)",
                        "line 9: has a comma without a value in the array: remove the comma");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '$',
            value = {
                "[{'a':1},|{'a    # line 2 is not JSON: it ends too early, a closing quote or bracket is missing (column 4), and nothing after it can be read: mend the array, or write one value a line",
                "[{'a':1},|{'a':]}# line 2 is not JSON: a value is missing or misspelt (column 6), and nothing after it can be read: mend the array, or write one value a line",
                "[{'a':1}|        # line 2 ends inside the array of line 1: its \"]\" is missing",
                "[{'a':1}|{'a':2}]# line 2 has no comma between two values of the array: write one",
                "[{'a':1}]|[2]    # line 2 goes on after the array of line 1: give one array, or one value a line"
            })
    void saysWhereAnArrayBreaksOff(String content, String message) {
        assertThatThrownBy(() -> read(content))
                .isInstanceOf(InputException.class)
                .hasMessage(directory.resolve("f") + " " + message);
        assertThat(values).containsExactly("1 {'a':1}");
    }

    @Test
    void reportsWhatIsNestedOrNamedOrWrittenTooLongForTheJob() throws Exception {
        read("{'a':" + "[".repeat(64) + "]".repeat(64) + "}|{'" + "n".repeat(1_001) + "':1}|{'a':" + "1".repeat(101)
                + "}|{'a':1e400}");

        assertThat(values).containsExactly("4 {'a':1E+400}");
        assertThat(bad)
                .hasSize(3)
                .allMatch(line -> line.matches(
                        "line \\d: (is nested deeper than 64|has a member's name of more than 1000 char|has a number of more"
                                + " than 100 char).*"));
    }

    @Test
    void reportsWhatTheReaderRefuses() throws Exception {
        try (JsonFile file = JsonFile.open(write("{'a':1}|{'a':2}"))) {
            file.read(
                    (value, line) -> {
                        throw new IllegalArgumentException("is not liked");
                    },
                    problem -> bad.add(problem.toString()));
        }

        assertThat(bad).containsExactly("line 1: is not liked", "line 2: is not liked");
    }

    @Test
    void knowsHowFarItIs() throws Exception {
        try (JsonFile file = JsonFile.open(write("{'a':1}|"))) {
            assertThat(file.size()).isEqualTo(8);
            file.read((value, line) -> {});
            assertThat(file.position()).isEqualTo(8);
        }
    }

    /** Single quotes stand for double ones, and bars for line ends. */
    private Path write(String content) throws IOException {
        return Files.write(
                directory.resolve("f"),
                content.replace('\'', '"').replace('|', '\n').getBytes(StandardCharsets.UTF_8));
    }

    private void read(String content) throws Exception {
        try (JsonFile file = JsonFile.open(write(content))) {
            file.read(
                    (value, line) -> values.add(line + " " + value.toString().replace('"', '\'')),
                    problem -> bad.add(problem.toString()));
        }
    }
}
