// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.measurement;

/**
 * Holds the work that one of those compared did in a time.
 *
 * @param pairs scored
 * @param tokens of these pairs
 * @param computed tokens that went through the model, padding included; 0 where that cannot be seen
 * @param nanos it took
 * @param cpuNanos of all threads of this process
 * @param jobNanos of these, what the threads of a job took; 0 where there is none
 * @param cached pairs whose score a cache knew; their tokens count as if they had been scored
 */
public record Measurement(
        long pairs, long tokens, long computed, long nanos, long cpuNanos, long jobNanos, long cached) {
    public double pairsPerSecond() {
        return pairs * 1e9 / nanos;
    }

    public double tokensPerSecond() {
        return tokens * 1e9 / nanos;
    }

    /**
     * Returns whether padding can be seen: not where the computing is out of sight, nor where a cache kept pairs from
     * being computed.
     */
    public boolean isPaddingKnown() {
        return computed > 0 && cached == 0;
    }

    /** Returns the share of what was computed that was padding; 0 where it is not known. */
    public double padding() {
        return isPaddingKnown() ? 1 - (double) tokens / computed : 0;
    }

    /** Returns the share of the pairs whose score was known. */
    public double hitRate() {
        return (double) cached / pairs;
    }

    /** Returns the cores kept busy on average. */
    public double cores() {
        return (double) cpuNanos / nanos;
    }

    /** Returns the CPU time of this process for each pair. */
    public double cpuMicrosAPair() {
        return cpuNanos / 1e3 / pairs;
    }

    /** Returns the CPU time of the job's threads for each pair. */
    public double jobMicrosAPair() {
        return jobNanos / 1e3 / pairs;
    }

    /** Returns the same with the CPU time of a job's threads. */
    public Measurement withJob(long nanosOfJob) {
        return new Measurement(pairs, tokens, computed, nanos, cpuNanos, nanosOfJob, cached);
    }

    public Measurement plus(Measurement other) {
        return new Measurement(
                pairs + other.pairs,
                tokens + other.tokens,
                computed + other.computed,
                nanos + other.nanos,
                cpuNanos + other.cpuNanos,
                jobNanos + other.jobNanos,
                cached + other.cached);
    }
}
