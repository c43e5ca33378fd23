// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** Counts requests and writes all numbers as Prometheus reads them. Thread-safe. */
public final class GatewayMetrics {
    /** Upper bounds of the histogram's buckets, in seconds. */
    private static final double[] BOUNDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

    private final Map<String, LongAdder> requests = new ConcurrentSkipListMap<>();
    private final Map<String, Times> times = new ConcurrentSkipListMap<>();
    private final List<Reading> readings = new CopyOnWriteArrayList<>();

    private record Reading(String name, String type, String help, DoubleSupplier value) {}

    /** Counts times of one route. */
    private static final class Times {
        private final LongAdder[] buckets = new LongAdder[BOUNDS.length + 1];
        private final LongAdder nanos = new LongAdder();

        Times() {
            for (int i = 0; i < buckets.length; i++) {
                buckets[i] = new LongAdder();
            }
        }

        void add(long took) {
            int bucket = 0;
            while (bucket < BOUNDS.length && took > BOUNDS[bucket] * 1e9) {
                bucket++;
            }
            buckets[bucket].increment();
            nanos.add(took);
        }
    }

    /** Adds a number that is read when it is asked for; {@code type} is {@code gauge} or {@code counter}. */
    public void add(String name, String type, String help, DoubleSupplier value) {
        readings.add(new Reading("streamrank_gateway_" + name, type, help, value));
    }

    /** Counts a request that has ended. */
    public void request(String route, int status, long nanos) {
        requests.computeIfAbsent("route=\"%s\",status=\"%d\"".formatted(route, status), labels -> new LongAdder())
                .increment();
        times.computeIfAbsent(route, name -> new Times()).add(nanos);
    }

    /** Returns all numbers in Prometheus' text format. */
    public String text() {
        List<String> lines = new ArrayList<>();
        head(lines, "streamrank_gateway_requests_total", "counter", "Requests by route and HTTP status.");
        requests.forEach(
                (labels, count) -> lines.add("streamrank_gateway_requests_total{" + labels + "} " + count.sum()));
        String name = "streamrank_gateway_request_duration_seconds";
        head(lines, name, "histogram", "Time from the first byte of a request until its answer was ready.");
        times.forEach((route, time) -> {
            long sum = 0;
            for (int i = 0; i < BOUNDS.length; i++) {
                sum += time.buckets[i].sum();
                lines.add(name + "_bucket{route=\"" + route + "\",le=\"" + number(BOUNDS[i]) + "\"} " + sum);
            }
            sum += time.buckets[BOUNDS.length].sum();
            lines.add(name + "_bucket{route=\"" + route + "\",le=\"+Inf\"} " + sum);
            lines.add(name + "_sum{route=\"" + route + "\"} " + number(time.nanos.sum() / 1e9));
            lines.add(name + "_count{route=\"" + route + "\"} " + sum);
        });
        for (Reading reading : readings) {
            head(lines, reading.name, reading.type, reading.help);
            lines.add(reading.name + " " + number(reading.value.getAsDouble()));
        }
        return String.join("\n", lines) + "\n";
    }

    private static void head(List<String> lines, String name, String type, String help) {
        lines.add("# HELP " + name + " " + help);
        lines.add("# TYPE " + name + " " + type);
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%s", value);
    }
}
