// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.search;

import java.util.ArrayList;
import java.util.List;

/** Reads as many bytes as an index has once: no search that looks at every vector can be faster. */
final class MemoryScan {
    /** Small enough that the heap has room for each, large enough that their number does not matter. */
    private static final int NUMBERS_A_PART = 1 << 15;

    private final List<long[]> parts = new ArrayList<>();

    /** Grows to so many bytes, or less than {@value #NUMBERS_A_PART} numbers more. */
    void growTo(long bytes) {
        while ((long) parts.size() * NUMBERS_A_PART * Long.BYTES < bytes) {
            parts.add(new long[NUMBERS_A_PART]);
        }
    }

    /** Sums all of them, eight bytes at a time: the fastest reading that plain Java was seen to do. */
    long read() {
        long sum = 0;
        for (long[] part : parts) {
            sum += sum(part);
        }
        return sum;
    }

    private static long sum(long[] part) {
        long s0 = 0;
        long s1 = 0;
        long s2 = 0;
        long s3 = 0;
        for (int i = 0; i < part.length; i += 4) {
            s0 += part[i];
            s1 += part[i + 1];
            s2 += part[i + 2];
            s3 += part[i + 3];
        }
        return (s0 + s1) + (s2 + s3);
    }
}
