// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Pairs as JSON lines for other programs to score, each with our logit, so that they can show that they agree. */
record PairFile(Path path) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Returns how many pairs were written. */
    int write(List<Ask> asks, Limit limit) throws Exception {
        int pairs = 0;
        try (BufferedWriter out = Files.newBufferedWriter(path)) {
            for (int i = 0; i < asks.size(); i++) {
                for (String passage : asks.get(i).passages()) {
                    line(out, i, asks.get(i).query(), passage, limit);
                    pairs++;
                }
            }
        }
        return pairs;
    }

    private static void line(BufferedWriter out, int number, String query, String passage, Limit limit)
            throws Exception {
        ObjectNode pair = JSON.createObjectNode()
                .put("query_id", number)
                .put("query", query)
                .put("passage", passage)
                .put("tokens", limit.tokens(query, passage))
                .put("logit", limit.logit(query, passage));
        writeLine(out, pair);
    }

    private static void writeLine(BufferedWriter out, ObjectNode node) throws IOException {
        out.write(JSON.writeValueAsString(node));
        out.newLine();
    }
}
