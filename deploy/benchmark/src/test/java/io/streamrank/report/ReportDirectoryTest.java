// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.local.console.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportDirectoryTest {
    @TempDir
    private Path directory;

    @Test
    void makesADirectoryAndThoseAboveIt() throws Exception {
        ReportDirectory report = ReportDirectory.create(directory.resolve("a/b"));
        report.writeLines("lines", List.of("x"));

        assertThat(ReportDirectory.create(directory.resolve("a/b")).path().resolve("lines"))
                .hasContent("x");
    }

    @Test
    void refusesWhereAFileIsInTheWayBeforeAnythingIsMeasured() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        for (Path path : List.of(file, file.resolve("report"), file.resolve("a/b"))) {
            assertThatThrownBy(() -> ReportDirectory.create(path))
                    .isInstanceOf(InputException.class)
                    .hasMessage(file + " is a file: --report takes a directory");
        }
    }
}
