// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Says in sentences what a client cannot see in its scores: what was not read, was cut, or has no score of its own. */
final class RankWarnings {
    private RankWarnings() {}

    /** Returns the request's own warnings and those of the answer; none if all documents were read and scored. */
    static List<String> of(RankingRequest request, JsonNode answer) {
        List<String> warnings = new ArrayList<>(request.warnings());
        JsonNode usage = answer.path("usage");
        usage.path("invalid_documents").forEach(reason -> warnings.add(reason.asText()));
        String score = request.rawScores() ? "the least score" : "the score 0";
        int noText = usage.path("no_text").asInt();
        if (noText > 0) {
            warnings.add(count(noText, "has", "have") + " no text to rank by, and so " + score);
        }
        int cut = unscored(answer) - noText;
        if (cut > 0) {
            warnings.add(count(cut, "has", "have") + " " + score + ", as the job's cascade kept others");
        }
        int truncated = usage.path("truncated").asInt();
        if (truncated > 0) {
            warnings.add(count(truncated, "was", "were")
                    + " not read whole with the query, as the document, the query or both are too long");
        }
        if (request.rawScores() && isWithoutLogits(answer)) {
            warnings.add("raw_scores: the model gives no logits, so these are ln(p / (1 - p)) of its scores p");
        }
        return warnings;
    }

    private static int unscored(JsonNode answer) {
        int unscored = 0;
        for (JsonNode hit : answer.path("results")) {
            unscored += hit.path("relevance_score").isNumber() ? 0 : 1;
        }
        return unscored;
    }

    private static boolean isWithoutLogits(JsonNode answer) {
        for (JsonNode hit : answer.path("results")) {
            if (hit.path("relevance_score").isNumber() && !hit.path("logit").isNumber()) {
                return true;
            }
        }
        return false;
    }

    private static String count(int documents, String one, String many) {
        return documents == 1 ? "1 document " + one : documents + " documents " + many;
    }
}
