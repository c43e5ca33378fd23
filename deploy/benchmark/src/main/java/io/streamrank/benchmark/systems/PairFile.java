// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.systems;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.benchmark.workload.RerankRequest;
import io.streamrank.inference.model.InferenceException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes pairs as JSON lines for other programs to score, each with our logit, so that they can show that they agree.
 */
record PairFile(Path path) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Counts one query's pairs and their tokens. */
    record Size(int pairs, long tokens) {}

    /** Returns how much work each request is. */
    List<Size> write(List<RerankRequest> requests, Baseline baseline) throws IOException, InferenceException {
        List<Size> sizes = new ArrayList<>();
        try (BufferedWriter out = Files.newBufferedWriter(path)) {
            for (RerankRequest request : requests) {
                long tokens = 0;
                for (String passage : request.passages()) {
                    ObjectNode pair = JSON.createObjectNode()
                            .put("query_id", sizes.size())
                            .put("query", request.query())
                            .put("passage", passage)
                            .put("logit", baseline.logit(request.query(), passage));
                    out.write(JSON.writeValueAsString(pair));
                    out.newLine();
                    tokens += baseline.tokens(request.query(), passage);
                }
                sizes.add(new Size(request.passages().size(), tokens));
            }
        }
        return sizes;
    }
}
