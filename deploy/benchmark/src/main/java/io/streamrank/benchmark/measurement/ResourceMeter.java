// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.measurement;

import com.sun.management.OperatingSystemMXBean;
import io.streamrank.inference.service.PassageReranker;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Measures time and CPU of this process, and what an engine in it does meanwhile. */
public final class ResourceMeter {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int KIBIBYTE = 1_024;

    private final long started = System.nanoTime();
    private final long cpu = cpuNanos();
    private final @Nullable PassageReranker service;
    private final long computed;
    private final long cached;

    /** Begins to measure this process alone. */
    public ResourceMeter() {
        this(null);
    }

    private ResourceMeter(@Nullable PassageReranker service) {
        this.service = service;
        this.computed = service == null ? 0 : service.stats().paddedTokens();
        this.cached = service == null ? 0 : service.scoreCache().hits();
    }

    /** Begins to measure an engine too, with all its users together. */
    public static ResourceMeter of(PassageReranker service) {
        return new ResourceMeter(service);
    }

    public long nanos() {
        return System.nanoTime() - started;
    }

    /** Returns what was done since this was made; the engine knows the rest. */
    public Measurement round(long pairs, long tokens) {
        return service == null
                ? round(pairs, tokens, 0, 0)
                : round(
                        pairs,
                        tokens,
                        service.stats().paddedTokens() - computed,
                        service.scoreCache().hits() - cached);
    }

    /** Returns what was done since this was made. */
    public Measurement round(long pairs, long tokens, long computedTokens, long cachedPairs) {
        return new Measurement(pairs, tokens, computedTokens, nanos(), cpuNanos() - cpu, 0, cachedPairs);
    }

    /** Returns the bytes that the process holds in memory; the heap alone where the system does not tell. */
    public static long memory() {
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

    /** Returns the bytes that are in use on all GPUs, by whomever; -1 where {@code nvidia-smi} does not tell. */
    public static long gpuMemory() throws InterruptedException {
        try {
            Process process = new ProcessBuilder(
                            "nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits")
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return process.waitFor() == 0 ? mebibytes(output) : -1;
        } catch (IOException none) {
            return -1;
        }
    }

    /** Returns the bytes of a number of mebibytes a line. */
    static long mebibytes(String lines) {
        return lines.lines()
                .filter(line -> line.matches("\\s*\\d+\\s*"))
                .mapToLong(line -> Long.parseLong(line.strip()) << 20)
                .sum();
    }

    private static long heap() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }
}
