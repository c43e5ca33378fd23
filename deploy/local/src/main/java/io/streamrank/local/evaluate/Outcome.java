// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.evaluate;

import io.streamrank.event.DeadLetter;
import io.streamrank.event.RankedResult;
import java.util.List;
import java.util.Map;

/**
 * What the job made of a collection.
 *
 * @param answers by query id
 */
record Outcome(Map<String, Scored> answers, Cost cost, int degraded, List<DeadLetter> refused) {
    /**
     * What it took.
     *
     * @param seconds between the loaded corpus and the last answer, on all cores
     */
    record Cost(long pairs, long tokens, long truncated, double seconds) {
        double pairsPerSecond() {
            return seconds == 0 ? 0 : pairs / seconds;
        }

        static Cost of(List<RankedResult> results, double seconds) {
            return new Cost(
                    results.stream().mapToLong(result -> result.usage().pairs()).sum(),
                    results.stream()
                            .mapToLong(result -> result.usage().tokens())
                            .sum(),
                    results.stream()
                            .mapToLong(result -> result.usage().truncated())
                            .sum(),
                    seconds);
        }
    }
}
