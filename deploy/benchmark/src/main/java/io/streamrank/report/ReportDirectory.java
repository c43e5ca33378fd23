// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.streamrank.local.console.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the files of a report. */
public record ReportDirectory(Path path) {
    private static final ObjectWriter JSON = new ObjectMapper().writerWithDefaultPrettyPrinter();

    /**
     * Makes the directory, before anything is measured.
     *
     * @throws InputException where it is a file
     */
    public static ReportDirectory create(Path path) throws IOException {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new InputException(path + " is a file: --report takes a directory");
        }
        return new ReportDirectory(Files.createDirectories(path));
    }

    /** Writes numbers for programs. */
    public void writeJson(String name, JsonNode numbers) throws IOException {
        Files.writeString(path.resolve(name), JSON.writeValueAsString(numbers) + "\n");
    }

    /** Writes lines of text. */
    public void writeLines(String name, Iterable<String> lines) throws IOException {
        Files.write(path.resolve(name), lines);
    }

    /** Writes a page for people, see {@link HtmlReport#render}. */
    public void writePage(String name, String template, Object model) throws IOException {
        Files.writeString(path.resolve(name), HtmlReport.render(template, model));
    }
}
