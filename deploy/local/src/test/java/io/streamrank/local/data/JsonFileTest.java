// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.local.console.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonFileTest {
    @TempDir
    private Path directory;

    private final List<String> values = new ArrayList<>();
    private final List<BadRecord> bad = new ArrayList<>();

    @Test
    void readsAnArrayOverSeveralLines() throws Exception {
        read("""

                 [
                 {"a":1},
                 {"a":2,
                  "b":[]}
                ]
                """);

        assertThat(values).containsExactly("3 {'a':1}", "4 {'a':2,'b':[]}");
        assertThat(bad).isEmpty();
    }

    @Test
    void readsOneObjectALineAndSkipsBlankOnes() throws Exception {
        read("""
                {"a":1}\r

                {"a":"ü"}""");

        assertThat(values).containsExactly("1 {'a':1}", "3 {'a':'ü'}");
    }

    @Test
    void reportsABadLineAndGoesOn() throws Exception {
        read("""
                {"a":1}
                {"a":
                {"a":3} x
                b
                {"a":5}
                """);

        assertThat(values).containsExactly("1 {'a':1}", "5 {'a':5}");
        assertThat(bad).extracting(BadRecord::line).containsExactly(2, 3, 4);
        assertThat(bad.get(0).toString())
                .isEqualTo("line 2: is not JSON: Unexpected end-of-input within/between Object entries");
        assertThat(bad.get(2).problem()).startsWith("is not JSON: Unrecognized token 'b'");
    }

    @Test
    void saysAllOfWhatIsWrongAndNothingOfItsOwnSources() throws Exception {
        read("""
                before
                {"a":[1}
                {"a":1
                """);

        assertThat(bad)
                .extracting(BadRecord::problem)
                .containsExactly(
                        "is not JSON: Unrecognized token 'before': was expecting (JSON String, Number, Array, Object or"
                                + " token 'null', 'true' or 'false')",
                        "is not JSON: Unexpected close marker '}': expected ']'",
                        "is not JSON: Unexpected end-of-input: expected close marker");
    }

    @Test
    void reportsWhatTheReaderRefuses() throws Exception {
        try (JsonFile file = JsonFile.open(write("""
                {"a":1}
                {"a":2}
                """))) {
            file.read(
                    (value, line) -> {
                        throw new IllegalArgumentException("is not liked");
                    },
                    bad::add);
        }

        assertThat(bad).extracting(BadRecord::toString).containsExactly("line 1: is not liked", "line 2: is not liked");
    }

    @Test
    void reportsALineThatIsNotInUtf8() throws Exception {
        read(Files.write(directory.resolve("f"), """
                {"a":"ü"}
                {"a":2}""".getBytes(StandardCharsets.ISO_8859_1)));

        assertThat(values).containsExactly("2 {'a':2}");
        assertThat(bad)
                .singleElement()
                .satisfies(line -> assertThat(line.problem()).contains("Invalid UTF-8"));
    }

    @Test
    void understandsAByteOrderMark() throws Exception {
        read("\uFEFF[{\"a\":1}]");
        read("\uFEFF{\"a\":2}\n");

        assertThat(values).containsExactly("1 {'a':1}", "1 {'a':2}");
    }

    @Test
    void unpacksGzip() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write("""
                    {"a":1}
                    """.getBytes(StandardCharsets.UTF_8));
        }
        read(Files.write(directory.resolve("f.json.GZ"), packed.toByteArray()));

        assertThat(values).containsExactly("1 {'a':1}");
    }

    @Test
    void saysWhereAnArrayBreaksOff() throws Exception {
        Path file = write("""
                [{"a":1},
                {"a":2},
                {"a\"""");

        assertThatThrownBy(() -> read(file))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(file + " is not a JSON array from line 3 on: Unexpected end");
        assertThat(values).hasSize(2);
    }

    @Test
    void saysWhatIsWrongWithTheFile() throws Exception {
        Path missing = directory.resolve("missing.json");
        assertThatThrownBy(() -> JsonFile.open(missing)).hasMessage(missing + " does not exist: give a JSON file");
        assertThatThrownBy(() -> JsonFile.open(directory))
                .hasMessage(directory + " cannot be read as a file: give a JSON file");
        Path empty = write(" \n");
        assertThatThrownBy(() -> read(empty)).hasMessage(empty + " is empty");
        Path utf16 = Files.write(directory.resolve("g"), "{}".getBytes(Charset.forName("UTF-16")));
        assertThatThrownBy(() -> read(utf16)).hasMessage(utf16 + " is in UTF-16: save it as UTF-8");
    }

    @Test
    void knowsHowFarItIs() throws Exception {
        try (JsonFile file = JsonFile.open(write("""
                {"a":1}
                """))) {
            assertThat(file.size()).isEqualTo(8);
            assertThat(file.position()).isZero();
            file.read((value, line) -> {}, bad::add);
            assertThat(file.position()).isEqualTo(8);
        }
    }

    private Path write(String content) throws IOException {
        return Files.writeString(directory.resolve("f"), content);
    }

    private void read(String content) throws Exception {
        read(write(content));
    }

    private void read(Path path) throws Exception {
        try (JsonFile file = JsonFile.open(path)) {
            file.read((value, line) -> values.add(line + " " + value.toString().replace('"', '\'')), bad::add);
        }
    }
}
