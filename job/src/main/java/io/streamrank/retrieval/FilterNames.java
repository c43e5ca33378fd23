// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts the names that filters can find in the documents of a collection, nested ones joined by dots. So it tells which names
 * of a filter no document has, without asking the documents. Not thread-safe.
 */
public final class FilterNames {
    private final Map<String, Integer> counts = new HashMap<>();

    public void add(FilterableDocument document) {
        count(document, 1);
    }

    /** Takes out the names of a document that was added. */
    public void remove(FilterableDocument document) {
        count(document, -1);
    }

    /** Returns the paths that no document has, in the order given. */
    public List<String> missing(List<String> paths) {
        return paths.stream().filter(path -> !counts.containsKey(path)).toList();
    }

    private void count(FilterableDocument document, int change) {
        document.filteredNames().forEach(name -> count(name, change));
        countMembers(document.metadata(), "", change);
    }

    /** An array stands for each of its elements, as in filters. */
    private void countMembers(JsonNode node, String prefix, int change) {
        if (node.isArray()) {
            node.forEach(element -> countMembers(element, prefix, change));
        }
        for (var member : node.properties()) {
            String path = prefix + member.getKey();
            count(path, change);
            countMembers(member.getValue(), path + '.', change);
        }
    }

    private void count(String path, int change) {
        counts.merge(path, change, (known, added) -> known + added == 0 ? null : known + added);
    }
}
