// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.measurement;

import java.util.Collection;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;

/** Holds how long queries took, in milliseconds. */
public record Latencies(double[] millis) {
    /** Returns the latencies of queries from nanoseconds. */
    public static Latencies of(Collection<Long> nanos) {
        return new Latencies(nanos.stream().mapToDouble(value -> value / 1e6).toArray());
    }

    /** Returns of how many queries. */
    public int count() {
        return millis.length;
    }

    /** Returns the smallest latency that so many per cent do not exceed; not a number where there are none. */
    public double percentile(double percent) {
        return new Percentile().withEstimationType(EstimationType.R_1).evaluate(millis, percent);
    }
}
