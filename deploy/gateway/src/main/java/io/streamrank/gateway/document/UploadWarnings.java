// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.document;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.event.DocumentKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects what a client should know of the documents that were written: members that were not used, and documents that replace
 * another one of the same request. It keeps the first ones, and counts the others. Not thread-safe.
 */
final class UploadWarnings {
    private final String unit;
    /** By the key's text, as the keys themselves are not comparable: many that have the same hash would take long. */
    private final Map<String, Integer> numbers = new HashMap<>();

    private final List<ObjectNode> warnings = new ArrayList<>();
    private int more;

    /** @param unit what the numbers of documents count: {@code line} or {@code index} */
    UploadWarnings(String unit) {
        this.unit = unit;
    }

    /**
     * Takes note of a document.
     *
     * @param unused names of members that are neither known nor fields nor metadata
     */
    void add(int number, DocumentKey key, List<String> unused) {
        if (!unused.isEmpty()) {
            String names = String.join(", ", unused);
            warn(
                    number,
                    unused.size() == 1
                            ? names + " is unknown and was not used: put it into fields or metadata"
                            : names + " are unknown and were not used: put them into fields or metadata");
        }
        Integer earlier = numbers.put(key.toString(), number);
        if (earlier != null) {
            warn(
                    number,
                    "replaces the document of %s %d, which has the same id and collection".formatted(unit, earlier));
        }
    }

    private void warn(int number, String message) {
        if (warnings.size() == UploadReport.MAX_ELEMENTS) {
            more++;
            return;
        }
        warnings.add(JsonNodeFactory.instance.objectNode().put(unit, number).put("message", message));
    }

    /** Returns the warnings in the order of the documents; the last one says how many were left out, if any were. */
    List<ObjectNode> list() {
        List<ObjectNode> all = new ArrayList<>(warnings);
        if (more > 0) {
            all.add(JsonNodeFactory.instance.objectNode().put("message", "and %d more warnings".formatted(more)));
        }
        return all;
    }
}
