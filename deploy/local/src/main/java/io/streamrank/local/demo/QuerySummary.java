// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;

/** Sums up the answers to a run of queries. Not thread-safe. */
final class QuerySummary {
    private final List<Long> totalMs = new ArrayList<>();
    private final LongSupplier clock;
    private final long begin;
    private long pairs;
    private int degraded;

    /** Begins now, by a clock of nanoseconds. */
    QuerySummary(LongSupplier clock) {
        this.clock = clock;
        this.begin = clock.getAsLong();
    }

    void add(JsonNode result) {
        totalMs.add(result.path("timing_ms").path("total").asLong());
        pairs += result.path("usage").path("pairs").asLong();
        degraded += result.path("degraded").asBoolean() ? 1 : 0;
    }

    /** Returns one line: documents, queries, pairs a second, latencies. */
    String line(long documents) {
        double seconds = (clock.getAsLong() - begin) / 1e9;
        String line = String.format(
                Locale.ROOT, "%,d documents · %,d queries · %,.0f pairs/s", documents, totalMs.size(), pairs / seconds);
        if (!totalMs.isEmpty()) {
            line += String.format(Locale.ROOT, " · p50 %.0f ms · p95 %.0f ms", percentile(50), percentile(95));
        }
        return degraded == 0 ? line : line + String.format(Locale.ROOT, " · %,d degraded", degraded);
    }

    /** Returns the smallest value that so many per cent of the values do not exceed. */
    private double percentile(int percent) {
        double[] values = totalMs.stream().mapToDouble(Long::doubleValue).toArray();
        return new Percentile().withEstimationType(EstimationType.R_1).evaluate(values, percent);
    }
}
