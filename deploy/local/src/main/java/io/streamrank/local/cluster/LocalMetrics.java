// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;
import org.jspecify.annotations.Nullable;

/**
 * Reads metrics of the jobs in this process by name. Flink makes reporters by class name, so the metrics are static.
 */
public final class LocalMetrics implements MetricReporterFactory {
    /** The group under which the job puts its own metrics. */
    private static final String GROUP = "streamrank";

    private static final Map<String, Set<Metric>> METRICS = new ConcurrentHashMap<>();

    static void configure(Configuration configuration) {
        configuration.setString("metrics.reporters", "local");
        configuration.setString("metrics.reporter.local.factory.class", LocalMetrics.class.getName());
    }

    /**
     * Returns the sum of a counter, or of a number-valued gauge, over all subtasks; of one that is kept only by a
     * label, over its values.
     *
     * @param name e.g. {@code documents.received}
     */
    public static long sum(String name) {
        if (METRICS.containsKey(name)) {
            return METRICS.get(name).stream().mapToLong(LocalMetrics::value).sum();
        }
        return METRICS.entrySet().stream()
                .filter(metric -> metric.getKey().endsWith("." + name))
                .flatMap(metric -> metric.getValue().stream())
                .mapToLong(LocalMetrics::value)
                .sum();
    }

    /** Returns the largest value over all subtasks, for what every subtask has a copy of. */
    public static long max(String name) {
        return METRICS.getOrDefault(name, Set.of()).stream()
                .mapToLong(LocalMetrics::value)
                .max()
                .orElse(0);
    }

    @Override
    public MetricReporter createMetricReporter(Properties properties) {
        return new Reporter();
    }

    private static long value(Metric metric) {
        if (metric instanceof Counter counter) {
            return counter.getCount();
        }
        return metric instanceof Gauge<?> gauge && gauge.getValue() instanceof Number number ? number.longValue() : 0;
    }

    /**
     * Returns {@code documents.received}, or {@code cause.too-large.deadLetters} of one with a label; null for Flink's
     * own. Made from the parts, as Flink replaces the dots in a metric's name when it joins them.
     */
    static @Nullable String ownName(List<String> scope, String name) {
        int group = scope.lastIndexOf(GROUP);
        if (group < 0) {
            return null;
        }
        List<String> parts = new ArrayList<>(scope.subList(group + 1, scope.size()));
        parts.add(name);
        return String.join(".", parts);
    }

    private static final class Reporter implements MetricReporter {
        @Override
        public void open(MetricConfig config) {}

        @Override
        public void close() {}

        @Override
        public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
            String own = ownName(List.of(group.getScopeComponents()), name);
            if (own != null) {
                METRICS.computeIfAbsent(own, key -> ConcurrentHashMap.newKeySet())
                        .add(metric);
            }
        }

        @Override
        public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
            String own = ownName(List.of(group.getScopeComponents()), name);
            if (own != null && METRICS.containsKey(own)) {
                METRICS.get(own).remove(metric);
            }
        }
    }
}
