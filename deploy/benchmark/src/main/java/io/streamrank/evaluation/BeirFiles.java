// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.codec.FlatDocuments;
import io.streamrank.config.InputFile;
import io.streamrank.event.BlankText;
import io.streamrank.local.console.InputException;
import io.streamrank.local.data.JsonFile;
import io.streamrank.message.Excerpt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads a collection in the layout of the BEIR benchmark: {@code corpus.jsonl} with {@code _id}, {@code title} and
 * {@code text}; {@code queries.jsonl} with {@code _id} and {@code text}; {@code qrels.tsv} or {@code qrels/test.tsv}
 * with query id, document id and grade, with or without a first line that names them.
 */
public final class BeirFiles {
    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,9}");

    /** Names of the first and of the third column, without signs, where a first line names them. */
    private static final Set<String> QUERY_COLUMNS = Set.of("queryid", "query", "qid", "topicid", "topic");

    private static final Set<String> GRADE_COLUMNS =
            Set.of("score", "grade", "relevance", "rel", "label", "judgment", "judgement", "rating");

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
        TestCollection collection = TestCollection.of(name(directory), documents, queries, readQrels(qrels));
        if (collection.queries().isEmpty()) {
            throw new InputException(qrels + " judges no document relevant for any query of queries.jsonl:"
                    + " nothing can be measured");
        }
        return collection;
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
                    throw new IllegalArgumentException("repeats the _id \"" + Excerpt.text(id) + "\"");
                }
            });
        }
    }

    private static String id(JsonNode value) {
        String id = FlatDocuments.id(value.path("_id"));
        return id == null ? required(value, "_id") : requireNotBlank(id, "_id");
    }

    private static String required(JsonNode value, String name) {
        return requireNotBlank(text(value, name), name);
    }

    private static String requireNotBlank(String text, String name) {
        if (BlankText.isBlank(text)) {
            throw new IllegalArgumentException("has no " + name + ": give it one");
        }
        return text;
    }

    private static String text(JsonNode value, String name) {
        JsonNode member = value.path(name);
        if (!member.isMissingNode() && !member.isNull() && !member.isTextual()) {
            throw new IllegalArgumentException("must hold a text as " + name + " but holds " + Excerpt.value(member));
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
        try (InputFile file = InputFile.open(path, "relevance judgements")) {
            return parseQrels(path.toString(), file.readAll().split("\r\n|\r|\n", -1));
        }
    }

    /**
     * Grades by query id and document id.
     *
     * @param origin of the lines, for messages
     */
    static Map<String, Map<String, Integer>> parseQrels(String origin, String[] lines) {
        Map<String, Map<String, Integer>> grades = new LinkedHashMap<>();
        boolean begun = false;
        for (int i = 0; i < lines.length; i++) {
            if (lines[i].isBlank()) {
                continue;
            }
            String[] columns = lines[i].split("\t", -1);
            if (begun || !isHeading(columns)) {
                parseQrel(origin + " line " + (i + 1), columns, grades);
            }
            begun = true;
        }
        return grades;
    }

    /** Returns whether a line names columns, such as {@code query-id corpus-id score}. */
    private static boolean isHeading(String[] columns) {
        return columns.length == 3
                && QUERY_COLUMNS.contains(plain(columns[0]))
                && GRADE_COLUMNS.contains(plain(columns[2]));
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
    }

    private static void parseQrel(String place, String[] columns, Map<String, Map<String, Integer>> grades) {
        if (columns.length != 3) {
            throw new InputException(place + " must have three columns separated by tabs"
                    + " (query id, document id, grade) but has " + columns.length);
        }
        String grade = columns[2].strip();
        if (!INTEGER.matcher(grade).matches()) {
            throw new InputException(
                    place + " must have a whole number as grade but has \"" + Excerpt.text(grade) + "\"");
        }
        int number = Integer.parseInt(grade);
        Integer before = grades.computeIfAbsent(columns[0], query -> new LinkedHashMap<>())
                .put(columns[1], number);
        if (before != null && before != number) {
            throw new InputException(place + " judges document \"" + Excerpt.text(columns[1]) + "\" for query \""
                    + Excerpt.text(columns[0]) + "\" again, by another grade: leave one line");
        }
    }
}
