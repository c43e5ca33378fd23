// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import io.streamrank.inference.model.CrossEncoder.KeptDocuments;
import io.streamrank.inference.service.ModelService;
import io.streamrank.inference.stats.BatchStats;
import io.streamrank.inference.stats.CacheStats;
import io.streamrank.inference.stats.EndpointStats;
import io.streamrank.inference.stats.RecentTimes;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/** Makes the job's metrics, all in the group {@code streamrank}; docs/metrics.md says what they mean and what must hold. */
public final class JobMetrics {
    public static final String GROUP = "streamrank";
    private static final int WINDOW = 1_000;

    private final MetricGroup group;

    public JobMetrics(MetricGroup operatorGroup) {
        this(operatorGroup, GROUP);
    }

    private JobMetrics(MetricGroup parent, String name) {
        this.group = parent.addGroup(name);
    }

    /** Returns a group of its own inside this one, for metrics of the same names. */
    public JobMetrics within(String name) {
        return new JobMetrics(group, name);
    }

    /** Returns a counter for the task's own thread. */
    public Counter counter(String name) {
        return group.counter(name);
    }

    /** Returns a counter for the task's own thread, one of several by a label, e.g. {@code deadLetters} by {@code cause}. */
    public Counter counter(String name, String label, String value) {
        return group.addGroup(label, value).counter(name);
    }

    /** Returns a counter for several threads. */
    public Counter sharedCounter(String name) {
        return group.counter(name, new ThreadSafeSimpleCounter());
    }

    /** Returns a counter for several threads, one of several by a label. */
    public Counter sharedCounter(String name, String label, String value) {
        return group.addGroup(label, value).counter(name, new ThreadSafeSimpleCounter());
    }

    /** Returns a histogram of the last thousand values in milliseconds; the name gets the suffix {@code Ms}. */
    public Histogram millis(String name) {
        return group.histogram(name + "Ms", new DescriptiveStatisticsHistogram(WINDOW));
    }

    /** Shows what the model's engine has done for all subtasks of this process. */
    public void engine(Supplier<BatchStats> stats) {
        gauge("engine.batches", () -> stats.get().batches());
        gauge("engine.items", () -> stats.get().items());
        gauge("engine.tokens", () -> stats.get().tokens());
        gauge("engine.paddedTokens", () -> stats.get().paddedTokens());
        gauge("engine.busyMs", () -> TimeUnit.NANOSECONDS.toMillis(stats.get().busyNanos()));
        gauge("engine.queueMs", () -> TimeUnit.NANOSECONDS.toMillis(stats.get().queueNanos()));
        gauge("engine.queuedItems", () -> stats.get().queuedItems());
        gauge("engine.queuedTokens", () -> stats.get().queuedTokens());
        gauge("engine.failures", () -> stats.get().failures());
        gauge("engine.dropped", () -> stats.get().dropped());
        gauge("engine.dropped", "reason", "deadline", () -> stats.get().expired());
        gauge("engine.dropped", "reason", "cancelled", () -> stats.get().cancelled());
        gauge("engine.dropped", "reason", "refused", () -> stats.get().refused());
    }

    /** Shows how long the engine's last runs, and the waits for them, took. */
    public void engineTimes(Supplier<RecentTimes> times) {
        group.histogram(
                "engine.queueMicros", new RecentHistogram(() -> times.get().queueMicros()));
        group.histogram(
                "engine.runMicros", new RecentHistogram(() -> times.get().runMicros()));
    }

    /** Shows how often a cache of the engine had what was asked for. */
    public void cache(String name, Supplier<CacheStats> stats) {
        gauge("engine." + name + "Hits", () -> stats.get().hits());
        gauge("engine." + name + "Misses", () -> stats.get().misses());
    }

    /** Shows what a split model keeps of documents. */
    public void documentCache(Supplier<KeptDocuments> stats) {
        gauge("engine.documentCacheHits", () -> stats.get().hits());
        gauge("engine.documentCacheMisses", () -> stats.get().misses());
        gauge("engine.documentCacheEntries", () -> stats.get().entries());
        gauge("engine.documentCacheBytes", () -> stats.get().bytes());
    }

    /** Shows what a model behind an API was asked by all subtasks of this process; nothing for one in this process. */
    public void endpointOf(ModelService service) {
        if (service.endpoint() != null) {
            endpoint(() -> Objects.requireNonNull(service.endpoint()));
        }
    }

    /** Shows what a model behind an API was asked by all subtasks of this process. */
    public void endpoint(Supplier<EndpointStats> stats) {
        gauge("endpoint.requests", () -> stats.get().requests());
        gauge("endpoint.retries", () -> stats.get().retries());
        gauge("endpoint.waiting", () -> stats.get().waiting());
        gauge("endpoint.inFlight", () -> stats.get().inFlight());
        gauge("endpoint.inFlightLimit", () -> stats.get().inFlightLimit());
        gauge("endpoint.pausedMs", () -> stats.get().pausedMs());
        gauge("endpoint.tokensBilled", () -> stats.get().tokensBilled());
        gauge("endpoint.searchUnitsBilled", () -> stats.get().searchUnitsBilled());
        for (String status : EndpointStats.STATUSES) {
            gauge("endpoint.errors", "status", status, () -> stats.get().errors(status));
        }
    }

    private <T> void gauge(String name, String label, String value, Gauge<T> gauge) {
        group.addGroup(label, value).gauge(name, gauge);
    }

    public <T> void gauge(String name, Gauge<T> gauge) {
        group.gauge(name, gauge);
    }
}
