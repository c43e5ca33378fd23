// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval.sparse;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;

/** Measures the time that a benchmark's thread has a core, which other work on the machine hardly changes. */
final class CpuTime {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private long begin;
    private int count;

    /** Returns the nanoseconds that the calling thread has had a core. */
    static long now() {
        return THREADS.getCurrentThreadCpuTime();
    }

    void start() {
        begin = now();
        count = 0;
    }

    void count() {
        count++;
    }

    void print() {
        double micros = (now() - begin) / 1e3;
        System.out.printf(Locale.ROOT, "%.1f µs of CPU time each … ", micros / Math.max(1, count));
    }
}
