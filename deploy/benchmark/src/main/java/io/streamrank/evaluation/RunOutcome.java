// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import io.streamrank.event.DeadLetter;
import io.streamrank.event.RankedResult;
import java.util.List;
import java.util.Objects;
import java.util.Map;
import org.apache.commons.math3.stat.StatUtils;

/**
 * Holds what the job made of a collection.
 *
 * @param answers by query id
 */
record RunOutcome(Map<String, Ranking> answers, Cost cost, int degraded, List<DeadLetter> refused) {
    /**
     * Holds what the run took.
     *
     * @param seconds from when the first query was given to reranking to the last answer, on all cores
     * @param retrievalMs median of what the answers tell of embedding and searching, with all queries under way at once
     */
    record Cost(long pairs, long tokens, long truncated, double seconds, double retrievalMs) {
        double pairsPerSecond() {
            return seconds == 0 ? 0 : pairs / seconds;
        }

        static Cost of(List<RankedResult> results) {
            return new Cost(
                    results.stream().mapToLong(result -> result.usage().pairs()).sum(),
                    results.stream()
                            .mapToLong(result -> result.usage().tokens())
                            .sum(),
                    results.stream()
                            .mapToLong(result -> Objects.requireNonNullElse(result.usage().truncated(), 0))
                            .sum(),
                    seconds(results),
                    retrievalMs(results));
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

        private static double retrievalMs(List<RankedResult> results) {
            double[] times = results.stream()
                    .mapToDouble(result ->
                            result.timing().embedMs() + result.timing().retrieveMs())
                    .toArray();
            return times.length == 0 ? 0 : StatUtils.percentile(times, 50);
        }
    }
}
