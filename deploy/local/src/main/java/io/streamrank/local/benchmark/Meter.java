// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** Time, CPU and memory of this process. */
final class Meter {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int KIBIBYTE = 1_024;

    private final long started = System.nanoTime();
    private final long cpu = cpuNanos();

    long nanos() {
        return System.nanoTime() - started;
    }

    Round round(Limit.Pairs work, long computed) {
        return new Round(work.count(), work.tokens(), computed, nanos(), cpuNanos() - cpu);
    }

    /** Bytes that the process holds in memory; the heap alone where the system does not tell. */
    static long memory() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * KIBIBYTE;
                }
            }
        } catch (IOException notLinux) {
            return heap();
        }
        return heap();
    }

    private static long heap() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }
}
