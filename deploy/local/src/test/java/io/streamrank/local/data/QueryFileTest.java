// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueryFileTest {
    @TempDir
    private Path directory;

    private final List<BadRecord> bad = new ArrayList<>();

    @Test
    void readsPlainTextAndJsonLineByLine() throws Exception {
        assertThat(read("""
                \uFEFFspace opera

                 {"query":"bats","top_n":3}\s
                """)).containsExactly("1 {'query':'space opera'}", "3 {'query':'bats','top_n':3}");
    }

    @Test
    void readsTheQueriesOfRetrievalBenchmarks() throws Exception {
        assertThat(read("""
                {"_id":"7","text":"bats"}
                """)).containsExactly("1 {'query':'bats','id':'7'}");
    }

    @Test
    void reportsABadLineAndGoesOn() throws Exception {
        assertThat(read("""
                {"query":
                bats
                """)).containsExactly("2 {'query':'bats'}");
        assertThat(bad).singleElement().satisfies(line -> {
            assertThat(line.line()).isEqualTo(1);
            assertThat(line.problem()).startsWith("is not JSON: Unexpected end-of-input");
        });
    }

    @Test
    void saysWhatIsWrongWithTheFile() throws Exception {
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> QueryFile.read(missing, bad::add))
                .hasMessage(missing + " does not exist: give a file with one query a line");
        assertThatThrownBy(() -> read("\n"))
                .hasMessage(directory.resolve("q") + " holds no query: write one a line, as plain text or as JSON");
        Path latin = Files.write(directory.resolve("l"), "für".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> QueryFile.read(latin, bad::add))
                .hasMessage(latin + " is not in UTF-8: save it as UTF-8");
    }

    private List<String> read(String content) throws IOException {
        return QueryFile.read(Files.writeString(directory.resolve("q"), content), bad::add).stream()
                .map(query -> query.line() + " " + query.content().toString().replace('"', '\''))
                .toList();
    }
}
