// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

import java.util.Locale;

/** A mean over rounds and its 95 % confidence interval by Student's t; as wide as the world for a single round. */
record Interval(double mean, double low, double high) {
    /** Quantiles of t at 97.5 % for 1, 2, … degrees of freedom. */
    private static final double[] T = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228};

    private static final double NORMAL = 1.96;

    static Interval of(double... values) {
        double mean = 0;
        for (double value : values) {
            mean += value / values.length;
        }
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        int freedom = values.length - 1;
        if (freedom < 1) {
            return new Interval(mean, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
        }
        double t = freedom <= T.length ? T[freedom - 1] : NORMAL + 2.6 / freedom;
        double half = t * Math.sqrt(squares / freedom / values.length);
        return new Interval(mean, mean - half, mean + half);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", mean, low, high);
    }
}
