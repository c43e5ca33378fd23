// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.load;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** How long after a query was sent its answer was read. Thread-safe. */
public final class AnswerLatencies {
    private final Map<String, Long> sent = new ConcurrentHashMap<>();
    private final Map<String, Long> taken = new ConcurrentHashMap<>();

    public void sent(String query) {
        sent.put(query, System.nanoTime());
    }

    /** A second answer changes nothing. */
    public void answered(String query) {
        Long start = sent.get(query);
        if (start != null) {
            taken.putIfAbsent(query, System.nanoTime() - start);
        }
    }

    /**
     * Of the answered queries of a number range.
     *
     * @param share from 0 to 1: so many of them took no longer
     */
    public Duration quantile(int from, int to, double share) {
        long[] sorted = IntStream.range(from, to)
                .mapToObj(query -> taken.get("q" + query))
                .filter(nanos -> nanos != null)
                .mapToLong(Long::longValue)
                .sorted()
                .toArray();
        return Duration.ofNanos(sorted[(int) Math.min(sorted.length - 1, Math.round(share * sorted.length))]);
    }
}
