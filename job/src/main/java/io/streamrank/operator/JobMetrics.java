// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * Names of the job's metrics, all in the group {@code streamrank}. Summed over subtasks, since the start:
 *
 * <ul>
 *   <li>{@code queries.received} = {@code queries.ranked} + {@code queries.degraded} + {@code deadLetters} of
 *       decode-queries + queries in flight
 *   <li>{@code documents.received} = {@code documents.admitted} + {@code documents.unchanged} + {@code deadLetters} of
 *       decode-documents and admit-documents
 *   <li>{@code corpus.documents} of any one subtask = documents that can be found now
 * </ul>
 */
public final class JobMetrics {
    public static final String GROUP = "streamrank";
    private static final int WINDOW = 1_000;

    private final MetricGroup group;

    JobMetrics(MetricGroup operatorGroup) {
        this.group = operatorGroup.addGroup(GROUP);
    }

    /** For the task's own thread. */
    Counter counter(String name) {
        return group.counter(name);
    }

    /** For the task's own thread; counts by a label, e.g. {@code deadLetters} by {@code cause}. */
    Counter counter(String name, String label, String value) {
        return group.addGroup(label, value).counter(name);
    }

    /** For several threads. */
    Counter sharedCounter(String name) {
        return group.counter(name, new ThreadSafeSimpleCounter());
    }

    /** For several threads; counts by a label. */
    Counter sharedCounter(String name, String label, String value) {
        return group.addGroup(label, value).counter(name, new ThreadSafeSimpleCounter());
    }

    /** Milliseconds, over the last thousand; the name gets the suffix {@code Ms}. */
    Histogram millis(String name) {
        return group.histogram(name + "Ms", new DescriptiveStatisticsHistogram(WINDOW));
    }

    <T> void gauge(String name, Gauge<T> gauge) {
        group.gauge(name, gauge);
    }
}
