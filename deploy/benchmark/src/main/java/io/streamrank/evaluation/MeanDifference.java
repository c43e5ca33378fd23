// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import io.streamrank.report.ConfidenceInterval;
import java.util.Collection;
import java.util.Locale;

/**
 * Holds the mean of paired differences with its 95 % interval, by Student's distribution over the queries.
 *
 * @param low not a number for less than two queries
 * @param high not a number for less than two queries
 */
record MeanDifference(double mean, double low, double high) {
    static MeanDifference of(Collection<Double> differences) {
        double[] values = differences.stream().mapToDouble(Double::doubleValue).toArray();
        if (values.length < 2) {
            return new MeanDifference(values.length == 0 ? 0 : values[0], Double.NaN, Double.NaN);
        }
        ConfidenceInterval interval = ConfidenceInterval.of(values);
        return new MeanDifference(interval.mean(), interval.low(), interval.high());
    }

    String interval() {
        return Double.isNaN(low) ? "" : String.format(Locale.ROOT, "[%+.4f, %+.4f]", low, high);
    }
}
