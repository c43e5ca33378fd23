// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamrank.local.console.InputException;
import io.streamrank.local.corpus.ConfigurationOption;
import io.streamrank.local.corpus.ConfigurationReference;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Reads the collection that comes with the launcher: what users of Flink and Kafka ask, over the demonstration's
 * corpus. Its queries and judgements are resources in BEIR's layout; its documents are read from the definitions on
 * this class path. Grade 2 is an option that answers the question, 1 one that helps.
 */
final class BuiltinCollection {
    static final String ADDRESS = "builtin:configuration";

    private static final String PREFIX = "builtin:";
    private static final String DIRECTORY = "/collections/configuration/";
    private static final ObjectMapper JSON = new ObjectMapper();

    private BuiltinCollection() {}

    /** Returns whether this names a built-in collection, existing or not, rather than a directory. */
    static boolean isAddress(String address) {
        return address.startsWith(PREFIX);
    }

    /**
     * Reads the collection.
     *
     * @throws InputException where there is none with that address
     */
    static TestCollection read(String address) throws IOException {
        if (!address.equals(ADDRESS)) {
            throw new InputException(
                    "there is no built-in collection " + address + ": take " + ADDRESS + " or a directory");
        }
        Map<String, Passage> documents = new LinkedHashMap<>();
        for (ConfigurationOption option : ConfigurationReference.read()) {
            documents.put(option.id(), new Passage(option.title(), option.description()));
        }
        return TestCollection.of(ADDRESS, documents, queries(), grades());
    }

    private static Map<String, String> queries() throws IOException {
        Map<String, String> queries = new LinkedHashMap<>();
        try (InputStream in = resource("queries.jsonl");
                MappingIterator<JsonNode> lines = JSON.readerFor(JsonNode.class).readValues(in)) {
            while (lines.hasNextValue()) {
                JsonNode query = lines.nextValue();
                queries.put(query.path("_id").asText(), query.path("text").asText());
            }
        }
        return queries;
    }

    private static Map<String, Map<String, Integer>> grades() throws IOException {
        String name = "qrels/test.tsv";
        try (InputStream in = resource(name)) {
            return BeirFiles.parseQrels(name, new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n"));
        }
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(
                BuiltinCollection.class.getResourceAsStream(DIRECTORY + name), name + " is not on the class path");
    }
}
