// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import io.streamrank.event.DeadLetter;
import io.streamrank.event.RankedResult;
import io.streamrank.event.RetrievalMode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.math3.stat.StatUtils;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the job made of a collection.
 *
 * @param retrievalMs what each answer tells of embedding and searching
 */
record RunOutcome(
        Map<EvaluationQuery, Ranking> answers,
        Map<EvaluationQuery, Long> retrievalMs,
        Cost cost,
        int degraded,
        List<DeadLetter> refused) {
    /**
     * Holds what the run took.
     *
     * @param pairs that were scored, each once, however many answers have it
     * @param tokens of all answers, as their {@code usage} tells
     * @param truncated pairs of all answers
     * @param seconds from when the first query was given to reranking to the last answer, on all cores
     */
    record Cost(long pairs, long tokens, long truncated, double seconds) {
        private record Pair(String query, @Nullable String document) {}

        double pairsPerSecond() {
            return seconds == 0 ? 0 : pairs / seconds;
        }

        static Cost of(List<RankedResult> results) {
            return new Cost(
                    pairs(results),
                    results.stream()
                            .mapToLong(result -> result.usage().tokens())
                            .sum(),
                    results.stream()
                            .mapToLong(result ->
                                    Objects.requireNonNullElse(result.usage().truncated(), 0))
                            .sum(),
                    seconds(results));
        }

        private static long pairs(List<RankedResult> results) {
            return results.stream()
                    .flatMap(result -> result.results().stream()
                            .filter(hit -> hit.relevanceScore() != null)
                            .map(hit -> new Pair(result.query(), hit.id())))
                    .distinct()
                    .count();
        }

        private static double seconds(List<RankedResult> results) {
            long first = results.stream()
                    .mapToLong(result -> doneMs(result) - result.timing().rerankMs())
                    .min()
                    .orElse(0);
            return (results.stream().mapToLong(Cost::doneMs).max().orElse(0) - first) / 1e3;
        }

        /** By the clock of this machine, which is also the source's. */
        private static long doneMs(RankedResult result) {
            return result.origin().timestampMs() + result.timing().totalMs();
        }
    }

    /**
     * Returns the answers by query id.
     *
     * @param depth number of candidates that were reranked. Behind them follows what a search for {@code most} found
     */
    Map<String, Ranking> answers(@Nullable RetrievalMode mode, int depth, int most) {
        Map<String, Ranking> found = new HashMap<>();
        answers.forEach((request, answer) -> {
            if (request.mode() == mode && request.candidates() == most) {
                Ranking exact = answers.get(new EvaluationQuery(request.query(), mode, depth));
                found.put(request.query(), exact == null ? answer : exact.followedBy(answer));
            }
        });
        return found;
    }

    /** Returns the median of what the answers tell of embedding and searching, with all queries under way at once. */
    double retrievalMs(@Nullable RetrievalMode mode) {
        double[] times = retrievalMs.entrySet().stream()
                .filter(request -> Objects.equals(request.getKey().mode(), mode))
                .mapToDouble(Map.Entry::getValue)
                .toArray();
        return times.length == 0 ? 0 : StatUtils.percentile(times, 50);
    }
}
