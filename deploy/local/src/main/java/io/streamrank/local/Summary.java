// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** What a run of queries came to. Not thread-safe. */
final class Summary {
    private final List<Long> totalMs = new ArrayList<>();
    private final long begin = System.nanoTime();
    private long pairs;
    private int degraded;

    void add(JsonNode result) {
        totalMs.add(result.path("timing_ms").path("total").asLong());
        pairs += result.path("usage").path("pairs").asLong();
        degraded += result.path("degraded").asBoolean() ? 1 : 0;
    }

    /** One line: documents, queries, pairs a second, latencies. */
    String line(long documents) {
        double seconds = (System.nanoTime() - begin) / 1e9;
        String line = String.format(
                Locale.ROOT, "%,d documents · %,d queries · %,.0f pairs/s", documents, totalMs.size(), pairs / seconds);
        if (!totalMs.isEmpty()) {
            line += String.format(Locale.ROOT, " · p50 %d ms · p95 %d ms", percentile(50), percentile(95));
        }
        return degraded == 0 ? line : line + String.format(Locale.ROOT, " · %,d degraded", degraded);
    }

    /** The smallest value that so many per cent of the values do not exceed. */
    private long percentile(int percent) {
        List<Long> sorted = new ArrayList<>(totalMs);
        Collections.sort(sorted);
        return sorted.get((int) Math.ceil(percent / 100.0 * sorted.size()) - 1);
    }
}
