// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.streamrank.local.console.Causes;
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
     * @throws InputException where it is a file, or nothing can be written there
     */
    public static ReportDirectory create(Path path) {
        Path existing = existing(path);
        if (!Files.isDirectory(existing)) {
            throw new InputException(existing + " is a file: --report takes a directory");
        }
        if (!Files.isWritable(existing)) {
            throw new InputException(existing + " cannot be written: give another directory as --report");
        }
        try {
            return new ReportDirectory(Files.createDirectories(path));
        } catch (IOException e) {
            throw new InputException(
                    path + " cannot be made (" + Causes.root(e) + "): give another directory as --report", e);
        }
    }

    /** Returns the path, or the directory above it that exists, or the file that is there instead. */
    private static Path existing(Path path) {
        Path at = path;
        Path above = path.toAbsolutePath().getParent();
        while (!Files.exists(at) && above != null) {
            at = above;
            above = at.getParent();
        }
        return at;
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
