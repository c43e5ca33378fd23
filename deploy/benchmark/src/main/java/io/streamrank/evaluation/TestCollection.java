// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Holds documents, queries, and judgements of what should be found.
 *
 * @param name of its directory
 * @param documents by id, in the file's order
 * @param queries those with at least one relevant document, by id, in the file's order
 * @param grades for each of the queries, the grade by document id
 * @param withoutRelevant queries left out, as nothing can be measured with them
 * @param unknown judgements that name a query or a document that is not there
 */
record TestCollection(
        String name,
        Map<String, Passage> documents,
        Map<String, String> queries,
        Map<String, Map<String, Integer>> grades,
        int withoutRelevant,
        long unknown) {
    /** Any number will do, as long as it stays. */
    private static final long SEED = 42;

    static TestCollection of(
            String name,
            Map<String, Passage> documents,
            Map<String, String> queries,
            Map<String, Map<String, Integer>> grades) {
        Map<String, String> measurable = new LinkedHashMap<>(queries);
        measurable.keySet().removeIf(id -> Measures.relevant(grades.getOrDefault(id, Map.of())) == 0);
        long unknown = grades.entrySet().stream()
                .flatMap(judged -> judged.getValue().keySet().stream()
                        .filter(id -> !queries.containsKey(judged.getKey()) || !documents.containsKey(id)))
                .count();
        return new TestCollection(name, documents, measurable, grades, queries.size() - measurable.size(), unknown);
    }

    /** Returns a random sample of the queries, always the same; all of them where there are no more. */
    TestCollection sample(int size) {
        List<String> ids = new ArrayList<>(queries.keySet());
        Collections.shuffle(ids, new Random(SEED));
        Set<String> chosen = new HashSet<>(ids.subList(0, Math.min(size, ids.size())));
        Map<String, String> sample = new LinkedHashMap<>(queries);
        sample.keySet().retainAll(chosen);
        return new TestCollection(name, documents, sample, grades, withoutRelevant, unknown);
    }

    Map<String, Integer> gradesOf(String query) {
        return grades.getOrDefault(query, Map.of());
    }

    String documentLabel(String id) {
        Passage passage = documents.get(id);
        return passage == null ? id : passage.label();
    }
}
