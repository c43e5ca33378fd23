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
import org.jspecify.annotations.Nullable;

/**
 * Holds the scores of a request's texts, best first. A text that has no score, as it is blank, comes last: it has 0, or the least
 * of the others if the scores are logits.
 *
 * @param tokens that the model read
 * @param warnings what the scores do not show, one sentence each
 */
public record RankedTexts(String model, List<Scored> results, long tokens, List<String> warnings) {
    /** Keeps the logit of a relevance of 0 or 1 finite. */
    private static final double LEAST = 1e-9;

    /** Holds the score of the text at the index. */
    public record Scored(int index, double score) {}

    public RankedTexts {
        results = List.copyOf(results);
        warnings = List.copyOf(warnings);
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
        JsonNode hits = answer.json().path("results");
        if (hits.size() != request.texts().size()) {
            throw new RequestException(
                    Problem.INTERNAL_ERROR,
                    "the job ranked %d of %d documents: the answer does not fit into a record of the replies topic"
                            .formatted(hits.size(), request.texts().size()));
        }
        return new RankedTexts(
                answer.model(),
                scored(hits, request.rawScores()),
                answer.json().path("usage").path("tokens").asLong(),
                RankWarnings.of(request, answer.json()));
    }

    private static List<Scored> scored(JsonNode hits, boolean raw) {
        double unscored = raw ? leastLogit(hits) : 0;
        List<Scored> results = new ArrayList<>();
        for (JsonNode hit : hits) {
            Double score = raw ? logit(hit) : relevance(hit);
            results.add(new Scored(hit.path("index").asInt(), score == null ? unscored : score));
        }
        // Stable: the job's order decides between equal scores, which is by logit, then by index, and blank texts last.
        results.sort(Comparator.comparingDouble(result -> -result.score()));
        return results;
    }

    private static @Nullable Double relevance(JsonNode hit) {
        JsonNode relevance = hit.path("relevance_score");
        return relevance.isNumber() ? relevance.asDouble() : null;
    }

    /** Returns the model's own logit, else that of the relevance, as a hosted model gives no other; null if there is neither. */
    private static @Nullable Double logit(JsonNode hit) {
        JsonNode logit = hit.path("logit");
        if (logit.isNumber()) {
            return logit.asDouble();
        }
        Double relevance = relevance(hit);
        if (relevance == null) {
            return null;
        }
        double p = Math.max(LEAST, Math.min(1 - LEAST, relevance));
        return Math.log(p / (1 - p));
    }

    /** Returns the least logit of all hits; 0 if none has one. */
    private static double leastLogit(JsonNode hits) {
        double least = Double.POSITIVE_INFINITY;
        for (JsonNode hit : hits) {
            Double logit = logit(hit);
            least = logit == null ? least : Math.min(least, logit);
        }
        return least == Double.POSITIVE_INFINITY ? 0 : least;
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
