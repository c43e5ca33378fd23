// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.config.option.ConfigException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsFileTest {
    @TempDir
    Path directory;

    @Test
    void nestedAndFlatKeysAreTheSame() throws Exception {
        assertThat(read("a: {b: {c: 1}, b.d: 2}\na.e: 3")).isEqualTo(Map.of("a.b.c", "1", "a.b.d", "2", "a.e", "3"));
    }

    @Test
    void scalarsStayAsWritten() throws Exception {
        assertThat(read("a: no\nb: 1e5\nc: 0012\nd: 'x '\ne: 2026-01-01\nf: ''"))
                .isEqualTo(Map.of("a", "no", "b", "1e5", "c", "0012", "d", "x ", "e", "2026-01-01", "f", ""));
    }

    @Test
    void keysWithoutValuesAreAbsent() throws Exception {
        assertThat(read("a:\nb: ~\nc: {}\n")).isEmpty();
        assertThat(read("# nothing but a comment\n")).isEmpty();
    }

    @Test
    void listsAreJoinedAsTheirReadersSplitThem() throws Exception {
        assertThat(read("a: [x, y]\nflink: {b: [x, y]}\nc: []"))
                .isEqualTo(Map.of("a", "x,y", "flink.b", "x;y", "c", ""));
    }

    @Test
    void aliasesAreFollowed() throws Exception {
        assertThat(read("a: &size 64\nb: *size")).isEqualTo(Map.of("a", "64", "b", "64"));
    }

    @Test
    void everythingMisplacedIsReportedWithItsLine() {
        Path file = directory.resolve("streamrank.yaml");
        assertRefused(
                "a: {b: 1}\na.b: 2\nc:\n  - {d: 3}\n[x, y]: 4\n",
                "The configuration has 3 problems:\n- " + file + " line 2 sets a.b a second time\n- " + file
                        + " line 4 nests something in the list c, which takes plain values\n- " + file
                        + " line 5 has a key that is not a name");
    }

    @Test
    void whatIsNotAMappingIsRefused() {
        assertRefused(
                "- a\n",
                "The configuration has a problem:\n- " + directory.resolve("streamrank.yaml")
                        + " line 1 holds no settings; it must be a YAML mapping, such as query.top-n: 5");
    }

    /** Bars stand for line ends. Nothing of the file's text is told, as it may be a secret. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '$',
            value = {
                "a: 1|hush: \"hush|        # line 2 is not YAML: the closing quote of a text is missing",
                "a: 1|hush: 'hush|b: 2|    # line 2 is not YAML: the closing quote of a text is missing",
                "a:|   hush: 1|  hush2: 2| # line 3 is not YAML: it does not fit the lines above it, begin the names of a group in the same column",
                "a: 1|  hush: 2|           # line 2 is not YAML: a colon stands where none may, put the value in quotes or mend the indentation",
                "a: hush: c|               # line 1 is not YAML: a colon stands where none may, put the value in quotes or mend the indentation",
                "a: 1|---|hush: 2|         # line 2 begins a second YAML document: leave one in the file",
                "[hush]|a = 1|             # line 2 is not YAML: write name: value on each line, without [group] as TOML has it",
                "a: 1|hush = 2|b: 3|       # line 2 is not YAML: write name: value",
                "a: 1|hush|                # line 2 is not YAML: write name: value",
                "a:|^hush: 1|              # line 2 is not YAML: it is indented with a tab, use spaces",
                "a: @hush|                 # line 1 is not YAML: a value begins with a sign that YAML keeps for itself, put the value in quotes",
                "a: *hush|                 # line 1 is not YAML: a value begins with * or &, put it in quotes",
                "a: \"C:\\hush\"|          # line 1 is not YAML: a text in double quotes has a backslash that begins no escape, use single quotes",
                "a: [x, hush|              # line 1 is not YAML: a comma or a closing bracket is missing",
                "a: {b: hush|              # line 1 is not YAML: a comma or a closing bracket is missing",
                "a: [,hush]|               # line 1 is not YAML: a value is missing or misplaced"
            })
    void brokenYamlIsRefusedWithItsLineAndWithoutItsText(String yaml, String problem) {
        assertThatThrownBy(() -> read(yaml.replace('|', '\n').replace('^', '\t')))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "The configuration has a problem:\n- " + directory.resolve("streamrank.yaml") + " " + problem)
                .message()
                .doesNotContain("hush", "block mapping", "token", "scalar");
    }

    @Test
    void bytesThatAreNotTextAreRefused() throws Exception {
        Path file = Files.write(directory.resolve("binary.yaml"), "a: \u00e9".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> SettingsFile.read(file))
                .isInstanceOf(ConfigException.class)
                .hasMessage("The configuration has a problem:\n- " + file
                        + " line 1 is not in UTF-8: save the file as UTF-8");
    }

    @Test
    void missingFileIsNamed() {
        Path file = directory.resolve("none.yaml");

        assertThatThrownBy(() -> SettingsFile.read(file))
                .isInstanceOf(ConfigException.class)
                .hasMessage("The configuration has a problem:\n- " + file
                        + " does not exist: give a YAML file of settings");
    }

    @Test
    void directoryIsNoFile() {
        assertThatThrownBy(() -> SettingsFile.read(directory))
                .isInstanceOf(ConfigException.class)
                .hasMessage("The configuration has a problem:\n- " + directory
                        + " is a directory: give a YAML file of settings");
    }

    private Map<String, String> read(String yaml) throws Exception {
        return SettingsFile.read(Files.writeString(directory.resolve("streamrank.yaml"), yaml));
    }

    private void assertRefused(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml)).isInstanceOf(ConfigException.class).hasMessage(message);
    }
}
