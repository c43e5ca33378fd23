// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.report;

import java.util.Locale;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;

/** Holds a mean over rounds and its 95 % confidence interval by Student's t, which has no bounds for a single round. */
public record ConfidenceInterval(double mean, double low, double high) {
    private static final double UPPER_QUANTILE = 0.975;

    /** Estimates the mean of values, of which there is at least one. */
    public static ConfidenceInterval of(double... values) {
        double mean = StatUtils.mean(values);
        if (values.length == 1) {
            return new ConfidenceInterval(mean, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
        }
        double t = new TDistribution(values.length - 1.0).inverseCumulativeProbability(UPPER_QUANTILE);
        double half = t * Math.sqrt(StatUtils.variance(values) / values.length);
        return new ConfidenceInterval(mean, mean - half, mean + half);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", mean, low, high);
    }
}
