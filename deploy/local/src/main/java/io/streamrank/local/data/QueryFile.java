// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.local.console.InputException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads queries, one a line: plain text, or a JSON object in the wire contract. {@code {"_id":…,"text":…}}, as
 * retrieval benchmarks have it, is understood too.
 */
public final class QueryFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private QueryFile() {}

    /**
     * Reads all queries.
     *
     * @param bad receives the lines that could not be read
     * @throws InputException where the file cannot be read or has no query
     */
    public static List<FileRecord> read(Path path, Consumer<BadRecord> bad) throws IOException {
        List<FileRecord> queries = new ArrayList<>();
        int number = 0;
        for (String line : lines(path)) {
            number++;
            String text = line.replace("\uFEFF", "").strip();
            if (!text.isEmpty()) {
                parse(text, number, bad).ifPresent(queries::add);
            }
        }
        if (queries.isEmpty()) {
            throw new InputException(path + " holds no query: write one a line, as plain text or as JSON");
        }
        return queries;
    }

    /** Returns a query of plain text. */
    public static ObjectNode plain(String text) {
        return JSON.createObjectNode().put("query", text);
    }

    private static List<String> lines(Path path) throws IOException {
        try {
            return Files.readAllLines(path);
        } catch (NoSuchFileException e) {
            throw new InputException(path + " does not exist: give a file with one query a line", e);
        } catch (MalformedInputException e) {
            throw new InputException(path + " is not in UTF-8: save it as UTF-8", e);
        }
    }

    private static Optional<FileRecord> parse(String text, int line, Consumer<BadRecord> bad) {
        if (!text.startsWith("{")) {
            return Optional.of(new FileRecord(line, plain(text)));
        }
        try {
            if (JSON.readTree(text) instanceof ObjectNode query) {
                return Optional.of(new FileRecord(line, inContract(query)));
            }
            bad.accept(new BadRecord(line, "is not a JSON object"));
        } catch (JsonProcessingException e) {
            bad.accept(new BadRecord(line, "is not JSON: " + JsonFile.clause(e)));
        }
        return Optional.empty();
    }

    private static ObjectNode inContract(ObjectNode query) {
        if (!query.has("query") && query.has("text")) {
            query.set("query", query.remove("text"));
        }
        if (!query.has("id") && query.has("_id")) {
            query.put("id", query.remove("_id").asText());
        }
        return query;
    }
}
