// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.local.data.FileRecord;

/**
 * Completes a user's query so that every candidate and its document is in the answer: the order of retrieval can then
 * be shown next to the final one.
 *
 * @param candidates where the query says nothing
 * @param topN where the query says nothing
 * @param reply whether to ask for a reply where the query says nothing
 */
public record DemoQueryDefaults(int candidates, int topN, boolean reply) {
    DemoQueryDefaults(int candidates, int topN) {
        this(candidates, topN, false);
    }

    /** Returns what is sent. A query with documents of its own retrieves nothing and stays as it is. */
    FileRecord inFull(FileRecord query) {
        ObjectNode content = query.content().deepCopy();
        if (!content.has("documents") && !content.has("candidates")) {
            content.put("candidates", Math.max(candidates, wantedHits(query)));
        }
        if (!content.has("top_n")) {
            content.put("top_n", topN);
        }
        // What is wrong stays wrong: the job refuses it and says why.
        if (!content.has("documents") && isCount(content.get("top_n")) && isCount(content.get("candidates"))) {
            content.set("top_n", content.get("candidates"));
        }
        if (!content.has("return_documents")) {
            content.put("return_documents", true);
        }
        if (reply && !content.has("reply")) {
            content.put("reply", true);
        }
        return new FileRecord(query.line(), content);
    }

    private static boolean isCount(JsonNode value) {
        return value.isInt() && value.asInt() > 0;
    }

    /** Returns how many hits the user asked for. */
    int wantedHits(FileRecord query) {
        return query.content().path("top_n").asInt(topN);
    }
}
