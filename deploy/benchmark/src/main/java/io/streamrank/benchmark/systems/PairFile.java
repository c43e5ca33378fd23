// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.systems;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.benchmark.workload.RerankRequest;
import io.streamrank.inference.InferenceException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Pairs as JSON lines for other programs to score, each with our logit, so that they can show that they agree. */
record PairFile(Path path) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** One query's pairs. */
    record Size(int pairs, long tokens) {}

    /** Returns how much work each ask is. */
    List<Size> write(List<RerankRequest> asks, Baseline limit) throws IOException, InferenceException {
        List<Size> sizes = new ArrayList<>();
        try (BufferedWriter out = Files.newBufferedWriter(path)) {
            for (RerankRequest ask : asks) {
                long tokens = 0;
                for (String passage : ask.passages()) {
                    ObjectNode pair = JSON.createObjectNode()
                            .put("query_id", sizes.size())
                            .put("query", ask.query())
                            .put("passage", passage)
                            .put("logit", limit.logit(ask.query(), passage));
                    out.write(JSON.writeValueAsString(pair));
                    out.newLine();
                    tokens += limit.tokens(ask.query(), passage);
                }
                sizes.add(new Size(ask.passages().size(), tokens));
            }
        }
        return sizes;
    }
}
