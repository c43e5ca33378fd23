// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.codec.FlatDocuments;
import io.streamrank.codec.InvalidJsonException;
import io.streamrank.codec.StrictJson;
import io.streamrank.local.console.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads queries: plain text, one a line, or JSON in the wire contract, one after the other or as an array. {@code
 * {"_id":…,"text":…}}, as retrieval benchmarks have it, is understood too. What begins with a brace is JSON, and so is a
 * file that begins with a bracket, and a line that as a whole is one text in double quotes.
 */
public final class QueryFile implements JsonFile.LineReader {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String WANTED = "a file with one query a line";

    private final List<FileRecord> queries = new ArrayList<>();
    private boolean begun;
    private boolean table;

    private QueryFile() {}

    /**
     * Reads all queries.
     *
     * @param bad receives the queries that could not be read
     * @throws InputException where the file cannot be read or has no query
     */
    public static List<FileRecord> read(Path path, Consumer<BadRecord> bad) throws IOException, InterruptedException {
        QueryFile reading = new QueryFile();
        try (JsonFile file = JsonFile.open(path, WANTED)) {
            file.read(reading, bad);
        }
        if (reading.queries.isEmpty()) {
            throw new InputException(
                    path + " holds no query that could be used: write one a line, as plain text or as JSON");
        }
        return reading.queries;
    }

    /** Returns a query of plain text. */
    public static ObjectNode plain(String text) {
        return JSON.createObjectNode().put("query", text);
    }

    @Override
    public void value(JsonNode value, int line) {
        begun = true;
        if (value.isTextual()) {
            queries.add(new FileRecord(line, plain(value.textValue())));
        } else if (value instanceof ObjectNode query) {
            queries.add(new FileRecord(line, inContract(query)));
        } else {
            throw new IllegalArgumentException(
                    "is neither a JSON object nor a text: write {\"query\":\"…\"}, or plain text");
        }
    }

    @Override
    public void line(byte[] utf8, int line) {
        String text = decode(utf8).strip();
        table |= !begun && TableHeading.isHeading(text);
        begun = true;
        String quoted = table ? null : jsonText(text);
        String problem = quoted == null ? problem(text) : null;
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        queries.add(new FileRecord(line, plain(quoted == null ? text : quoted)));
    }

    /** Returns what a line says that as a whole is one text of JSON; null for any other line. */
    private static @Nullable String jsonText(String line) {
        if (!line.startsWith("\"")) {
            return null;
        }
        try {
            return StrictJson.parse(line).textValue();
        } catch (InvalidJsonException plainText) {
            return null;
        }
    }

    /** Returns a clause that says why a line is no query of plain text; null if it is one. */
    private @Nullable String problem(String text) {
        if (table || text.indexOf('\t') >= 0) {
            return "has columns: write the query's text alone, or {\"id\":\"…\",\"query\":\"…\"}";
        }
        if (JsonFragments.isFragment(text)) {
            return "is only a part of JSON: write {\"query\":\"…\"}, or an array that begins the file";
        }
        if (text.startsWith("[")) {
            return "begins with a bracket, as only an array of all queries may: write {\"query\":\"…\"}";
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            return "holds a control character: remove it, or write {\"query\":\"…\"} with its escape";
        }
        return text.indexOf('\uFEFF') < 0
                ? null
                : "holds a byte order mark, as where another file begins: begin a line there, or remove it";
    }

    private static String decode(byte[] utf8) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("is not in UTF-8: save the file as UTF-8", e);
        }
    }

    private static ObjectNode inContract(ObjectNode query) {
        if (!query.has("query") && query.has("text")) {
            query.set("query", query.remove("text"));
        }
        if (!query.has("id") && query.has("_id")) {
            JsonNode id = query.remove("_id");
            String text = FlatDocuments.id(id);
            query.set("id", text == null ? id : query.textNode(text));
        }
        return query;
    }
}
