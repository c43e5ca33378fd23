// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.gateway.query.JobAnswer;
import io.streamrank.gateway.query.Problem;
import io.streamrank.gateway.query.RequestException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Holds the scores of a request's texts, best first. A text that has no score, as it is blank, has 0 and comes last.
 *
 * @param tokens that the model read
 */
public record RankedTexts(String model, List<Scored> results, long tokens) {
    /** Holds the score of the text at the index. */
    public record Scored(int index, double score) {}

    public RankedTexts {
        results = List.copyOf(results);
    }

    /**
     * Takes the scores from an answer. These APIs have no word for an answer in retrieval order, and a client would take it for
     * scores. So a degraded answer becomes an error.
     */
    public static RankedTexts of(RankingRequest request, JobAnswer answer) {
        String degraded = answer.degradedReason();
        if (degraded != null) {
            throw degraded(degraded);
        }
        List<Scored> results = new ArrayList<>();
        for (JsonNode hit : answer.json().path("results")) {
            JsonNode score = hit.path(request.rawScores() ? "logit" : "relevance_score");
            results.add(new Scored(hit.path("index").asInt(), score.asDouble(0)));
        }
        if (results.size() != request.texts().size()) {
            throw new RequestException(
                    Problem.INTERNAL_ERROR,
                    "the job ranked %d of %d documents: the answer does not fit into a record of the replies topic"
                            .formatted(results.size(), request.texts().size()));
        }
        // Stable: the job's order decides between equal scores, which is by logit, then by index.
        if (!request.rawScores()) {
            results.sort(Comparator.comparingDouble(result -> -result.score()));
        }
        return new RankedTexts(
                answer.model(),
                results,
                answer.json().path("usage").path("tokens").asLong());
    }

    private static RequestException degraded(String reason) {
        return switch (reason) {
            case "overload" ->
                new RequestException(
                        Problem.OVERLOADED,
                        "the job is overloaded and did not score the documents: try again in a second");
            case "timeout" ->
                new RequestException(
                        Problem.TIMEOUT, "the documents were not scored in time: send fewer, or set a longer timeout");
            default -> new RequestException(Problem.MODEL_ERROR, "the model failed on these documents");
        };
    }
}
