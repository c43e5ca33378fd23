// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import java.util.function.Supplier;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.HistogramStatistics;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/** Shows values that another keeps as a histogram. */
public final class RecentHistogram implements Histogram {
    private final Supplier<long[]> values;

    public RecentHistogram(Supplier<long[]> values) {
        this.values = values;
    }

    @Override
    public void update(long value) {
        throw new UnsupportedOperationException("The values are kept elsewhere.");
    }

    @Override
    public long getCount() {
        return values.get().length;
    }

    @Override
    public HistogramStatistics getStatistics() {
        long[] now = values.get();
        DescriptiveStatisticsHistogram histogram = new DescriptiveStatisticsHistogram(Math.max(1, now.length));
        for (long value : now) {
            histogram.update(value);
        }
        return histogram.getStatistics();
    }
}
