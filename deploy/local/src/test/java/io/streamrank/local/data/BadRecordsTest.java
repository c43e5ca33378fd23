// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.local.console.Console;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class BadRecordsTest {
    private final StringWriter err = new StringWriter();
    private final Console console =
            new Console(new PrintWriter(new StringWriter()), new PrintWriter(err), false, false, 80);

    @Test
    void saysNothingWhereNothingIsWrong() {
        BadRecords none = new BadRecords("document", "documents");
        none.print(console);

        assertThat(err.toString()).isEmpty();
        assertThat(none.exitCode()).isZero();
    }

    @Test
    void showsTheFirstAndCountsTheRest() {
        BadRecords problems = new BadRecords("document", "documents");
        for (int line = 1; line <= 1_007; line++) {
            problems.accept(new BadRecord(line, "is odd"));
        }
        problems.print(console);

        assertThat(err.toString())
                .startsWith("1,007 documents could not be used:\n  line 1: is odd\n")
                .endsWith("  line 5: is odd\n  … and 1,002 more\n");
    }

    @Test
    void countsOneAsOne() {
        BadRecords problems = BadRecords.of("query", "queries", Path.of("q.txt"));
        problems.accept(new BadRecord(3, "is odd"));
        problems.print(console);

        assertThat(err.toString()).isEqualTo("1 query of q.txt could not be used:\n  line 3: is odd\n");
        assertThat(problems.exitCode()).isEqualTo(3);
    }
}
