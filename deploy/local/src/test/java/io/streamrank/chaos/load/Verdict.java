// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.load;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * What came of the queries of a number range.
 *
 * @param doubled answered more than once
 * @param degraded at least one of a query's answers
 * @param wrong at least one of a query's answers is another than the same text had in the undisturbed run
 */
public record Verdict(int asked, int missing, int doubled, int degraded, int wrong) {
    public static final Verdict NONE = new Verdict(0, 0, 0, 0, 0);
    /** Scores may differ by the order in which a batch was summed up. */
    private static final double TOLERANCE = 1e-4;

    public static Verdict of(QueryLoad load, int from, int to, Map<String, JsonNode> undisturbed) {
        return of(load::answers, from, to, undisturbed);
    }

    /** Judges the answers of a number range; {@code read} gives all answers to a query by its number. */
    public static Verdict of(IntFunction<List<JsonNode>> read, int from, int to, Map<String, JsonNode> undisturbed) {
        int missing = 0;
        int doubled = 0;
        int degraded = 0;
        int wrong = 0;
        for (int i = from; i < to; i++) {
            List<JsonNode> answers = read.apply(i);
            missing += answers.isEmpty() ? 1 : 0;
            doubled += answers.size() > 1 ? 1 : 0;
            degraded += answers.stream().anyMatch(Verdict::isDegraded) ? 1 : 0;
            wrong += answers.stream().anyMatch(answer -> isWrong(answer, undisturbed)) ? 1 : 0;
        }
        return new Verdict(to - from, missing, doubled, degraded, wrong);
    }

    /** Says of each degraded answer why, and what it took. */
    public static List<String> degraded(QueryLoad load) {
        List<String> degraded = new ArrayList<>();
        for (int i = 0; i < load.asked(); i++) {
            load.answers(i).stream()
                    .filter(Verdict::isDegraded)
                    .map(answer -> answer.path("id").asText() + " "
                            + answer.path("degraded_reason").asText() + " " + answer.path("timing_ms") + " "
                            + answer.path("usage"))
                    .forEach(degraded::add);
        }
        return degraded;
    }

    /** Answers by text, of queries that were not disturbed. */
    public static Map<String, JsonNode> undisturbed(QueryLoad load, int from, int to) {
        Map<String, JsonNode> answers = new HashMap<>();
        for (int i = from; i < to; i++) {
            JsonNode answer = load.answers(i).get(0);
            answers.put(answer.path("query").asText(), answer);
        }
        return answers;
    }

    public Verdict plus(Verdict other) {
        return new Verdict(
                asked + other.asked,
                missing + other.missing,
                doubled + other.doubled,
                degraded + other.degraded,
                wrong + other.wrong);
    }

    private static boolean isDegraded(JsonNode answer) {
        return answer.path("degraded").asBoolean();
    }

    private static boolean isWrong(JsonNode answer, Map<String, JsonNode> undisturbed) {
        return !isDegraded(answer)
                && !equal(answer, undisturbed.get(answer.path("query").asText()));
    }

    private static boolean equal(JsonNode answer, JsonNode expected) {
        if (expected == null || !ids(answer).equals(ids(expected))) {
            return false;
        }
        for (int i = 0; i < expected.path("results").size(); i++) {
            double difference = score(answer, i) - score(expected, i);
            if (!(Math.abs(difference) <= TOLERANCE)) {
                return false;
            }
        }
        return true;
    }

    private static List<String> ids(JsonNode answer) {
        List<String> ids = new ArrayList<>();
        answer.path("results").forEach(hit -> ids.add(hit.path("id").asText()));
        return ids;
    }

    private static double score(JsonNode answer, int hit) {
        return answer.path("results").path(hit).path("relevance_score").asDouble(Double.NaN);
    }
}
