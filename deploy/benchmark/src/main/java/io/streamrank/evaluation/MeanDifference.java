// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import java.util.Collection;
import java.util.Locale;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;

/**
 * Holds the mean of paired differences with its 95 % interval, by Student's distribution over the queries.
 *
 * @param low not a number for less than two queries
 * @param high not a number for less than two queries
 */
record MeanDifference(double mean, double low, double high) {
    static MeanDifference of(Collection<Double> differences) {
        double[] values = differences.stream().mapToDouble(Double::doubleValue).toArray();
        double mean = values.length == 0 ? 0 : StatUtils.mean(values);
        if (values.length < 2) {
            return new MeanDifference(mean, Double.NaN, Double.NaN);
        }
        double half = new TDistribution(values.length - 1).inverseCumulativeProbability(0.975)
                * Math.sqrt(StatUtils.variance(values) / values.length);
        return new MeanDifference(mean, mean - half, mean + half);
    }

    String interval() {
        return Double.isNaN(low) ? "" : String.format(Locale.ROOT, "[%+.4f, %+.4f]", low, high);
    }
}
