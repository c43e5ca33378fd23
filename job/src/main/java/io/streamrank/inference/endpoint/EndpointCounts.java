// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import io.streamrank.inference.stats.EndpointStats;
import io.streamrank.inference.stats.RecentTimes;
import io.streamrank.inference.stats.TimeWindow;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** Counts what an endpoint was asked and what it answered. Thread-safe. */
final class EndpointCounts {
    private final LongAdder requests = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final LongAdder tokens = new LongAdder();
    private final DoubleAdder searchUnits = new DoubleAdder();
    private final TimeWindow waits = new TimeWindow();
    private final TimeWindow durations = new TimeWindow();
    private final LongAdder answers = new LongAdder();
    private final LongAdder waitNanos = new LongAdder();
    private final LongAdder busyNanos = new LongAdder();
    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();

    /** Counts an attempt; the wait before the first one is that of the call. */
    void sent(boolean again, long waited) {
        requests.increment();
        if (again) {
            retries.increment();
        } else {
            waits.add(waited);
            waitNanos.add(waited);
        }
    }

    void answered(EndpointAnswer<?> answer, long took) {
        durations.add(took);
        answers.increment();
        busyNanos.add(took);
        tokens.add(answer.tokens());
        searchUnits.add(answer.searchUnits());
    }

    void failed(String label) {
        errors.computeIfAbsent(label, first -> new LongAdder()).increment();
    }

    RecentTimes recentTimes() {
        return new RecentTimes(waits.micros(), durations.micros());
    }

    EndpointStats stats(int waiting, Pace pace, long now) {
        Map<String, Long> byStatus = new TreeMap<>();
        errors.forEach((status, count) -> byStatus.put(status, count.sum()));
        return new EndpointStats(
                requests.sum(),
                retries.sum(),
                answers.sum(),
                waitNanos.sum(),
                busyNanos.sum(),
                waiting,
                pace.inFlight(),
                pace.limit(),
                pace.pausedFor(now) / 1_000_000,
                tokens.sum(),
                searchUnits.sum(),
                byStatus);
    }
}
