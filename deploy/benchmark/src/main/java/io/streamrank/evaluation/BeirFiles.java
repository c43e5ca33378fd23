// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.local.console.InputException;
import io.streamrank.local.data.JsonFile;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads a collection in the layout of the BEIR benchmark: {@code corpus.jsonl} with {@code _id}, {@code title} and
 * {@code text}; {@code queries.jsonl} with {@code _id} and {@code text}; {@code qrels.tsv} or {@code qrels/test.tsv}
 * with query id, document id and grade, with or without a first line that names them.
 */
public final class BeirFiles {
    private static final Pattern INTEGER = Pattern.compile("[+-]?\\d{1,9}");

    private BeirFiles() {}

    /**
     * Reads a directory.
     *
     * @throws InputException with file, line and reason, where it is not as it must be
     */
    static TestCollection read(Path directory) throws IOException, InterruptedException {
        if (!Files.isDirectory(directory)) {
            throw new InputException(directory
                    + " is not a directory: --collection takes one with corpus.jsonl, queries.jsonl and qrels.tsv");
        }
        Map<String, Passage> documents = corpus(directory);
        Map<String, String> queries = queries(directory);
        Path qrels = qrels(directory);
        TestCollection judged = TestCollection.of(name(directory), documents, queries, readQrels(qrels));
        if (judged.queries().isEmpty()) {
            throw new InputException(qrels + " judges no document relevant for any query of queries.jsonl:"
                    + " nothing can be measured");
        }
        return judged;
    }

    /** Returns the name of a collection, which is its directory's. */
    public static String name(Path directory) throws IOException {
        return directory.toRealPath().getFileName().toString();
    }

    /**
     * Reads the documents of a directory, by id, in the file's order.
     *
     * @throws InputException with file, line and reason, where one is not as it must be
     */
    public static Map<String, Passage> corpus(Path directory) throws IOException, InterruptedException {
        Map<String, Passage> documents = new LinkedHashMap<>();
        readObjects(
                directory.resolve("corpus.jsonl"),
                (id, value) -> documents.put(id, new Passage(text(value, "title"), text(value, "text"))) == null);
        return documents;
    }

    /**
     * Reads the queries of a directory, by id, in the file's order.
     *
     * @throws InputException with file, line and reason, where one is not as it must be
     */
    public static Map<String, String> queries(Path directory) throws IOException, InterruptedException {
        Map<String, String> queries = new LinkedHashMap<>();
        readObjects(
                directory.resolve("queries.jsonl"), (id, value) -> queries.put(id, required(value, "text")) == null);
        return queries;
    }

    /** Takes an object; false where its id was there before. */
    private interface Taker {
        boolean take(String id, JsonNode value);
    }

    private static void readObjects(Path path, Taker taker) throws IOException, InterruptedException {
        try (JsonFile file = JsonFile.open(path)) {
            file.read((value, line) -> {
                String id = id(value);
                if (!taker.take(id, value)) {
                    throw new IllegalArgumentException("repeats the _id \"" + id + "\"");
                }
            });
        }
    }

    private static String id(JsonNode value) {
        JsonNode id = value.path("_id");
        if (id.isIntegralNumber()) {
            return id.asText();
        }
        return required(value, "_id");
    }

    private static String required(JsonNode value, String name) {
        String text = text(value, name);
        if (text.isBlank()) {
            throw new IllegalArgumentException("has no " + name);
        }
        return text;
    }

    private static String text(JsonNode value, String name) {
        JsonNode member = value.path(name);
        if (!member.isMissingNode() && !member.isNull() && !member.isTextual()) {
            throw new IllegalArgumentException("must hold a text as " + name + ": " + member);
        }
        return member.asText("");
    }

    private static Path qrels(Path directory) {
        Path flat = directory.resolve("qrels.tsv");
        Path test = directory.resolve("qrels").resolve("test.tsv");
        if (!Files.isRegularFile(flat) && !Files.isRegularFile(test)) {
            throw new InputException(directory + " has neither qrels.tsv nor qrels/test.tsv: without relevance"
                    + " judgements nothing can be measured");
        }
        return Files.isRegularFile(flat) ? flat : test;
    }

    static Map<String, Map<String, Integer>> readQrels(Path path) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(path, StandardCharsets.UTF_8);
        } catch (MalformedInputException e) {
            throw new InputException(path + " is not in UTF-8", e);
        }
        return parseQrels(path.toString(), lines);
    }

    /**
     * Grades by query id and document id.
     *
     * @param origin of the lines, for messages
     */
    static Map<String, Map<String, Integer>> parseQrels(String origin, List<String> lines) {
        Map<String, Map<String, Integer>> grades = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                parseQrel(origin, i, lines.get(i).split("\t", -1), grades);
            }
        }
        return grades;
    }

    private static void parseQrel(
            String origin, int index, String[] columns, Map<String, Map<String, Integer>> grades) {
        if (columns.length != 3) {
            throw new InputException(origin + " line " + (index + 1) + " must have three columns separated by tabs"
                    + " (query id, document id, grade) but has " + columns.length);
        }
        String grade = columns[2].strip();
        if (INTEGER.matcher(grade).matches()) {
            grades.computeIfAbsent(columns[0], query -> new LinkedHashMap<>()).put(columns[1], Integer.parseInt(grade));
        } else if (index > 0) {
            throw new InputException(
                    origin + " line " + (index + 1) + " must have a whole number as grade but has \"" + grade + "\"");
        }
    }
}
