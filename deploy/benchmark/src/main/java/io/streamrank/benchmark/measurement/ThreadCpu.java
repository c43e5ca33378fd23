// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.measurement;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Measures the CPU time of this process's Java threads. Threads that end meanwhile are left out, and so are those of the JVM itself,
 * which compile and collect garbage.
 */
public final class ThreadCpu {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Map<Long, Long> before = new HashMap<>();

    /** Begins to measure. */
    public ThreadCpu() {
        for (long id : THREADS.getAllThreadIds()) {
            before.put(id, THREADS.getThreadCpuTime(id));
        }
    }

    /**
     * Returns the nanoseconds that threads took since this was made.
     *
     * @param names of the threads
     */
    public long nanos(Predicate<String> names) {
        long sum = 0;
        for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
            if (thread != null && names.test(thread.getThreadName())) {
                long now = THREADS.getThreadCpuTime(thread.getThreadId());
                sum += Math.max(0, now - before.getOrDefault(thread.getThreadId(), 0L));
            }
        }
        return sum;
    }
}
