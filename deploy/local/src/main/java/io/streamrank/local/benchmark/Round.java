// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

/**
 * Work done by one of those compared.
 *
 * @param pairs scored
 * @param tokens of these pairs
 * @param computed tokens that went through the model, padding included; 0 where that cannot be seen
 * @param nanos it took
 * @param cpuNanos of all threads of this process
 * @param cached pairs whose score a cache knew; their tokens count as if they had been scored
 */
record Round(long pairs, long tokens, long computed, long nanos, long cpuNanos, long cached) {
    double pairsPerSecond() {
        return pairs * 1e9 / nanos;
    }

    double tokensPerSecond() {
        return tokens * 1e9 / nanos;
    }

    /** Not where the computing is out of sight, nor where a cache kept pairs from being computed. */
    boolean isPaddingKnown() {
        return computed > 0 && cached == 0;
    }

    /** Share of what was computed that was padding; 0 where it is not known. */
    double padding() {
        return isPaddingKnown() ? 1 - (double) tokens / computed : 0;
    }

    /** Share of the pairs whose score was known. */
    double hitRate() {
        return (double) cached / pairs;
    }

    /** Cores kept busy on average. */
    double cores() {
        return (double) cpuNanos / nanos;
    }

    Round plus(Round other) {
        return new Round(
                pairs + other.pairs,
                tokens + other.tokens,
                computed + other.computed,
                nanos + other.nanos,
                cpuNanos + other.cpuNanos,
                cached + other.cached);
    }
}
