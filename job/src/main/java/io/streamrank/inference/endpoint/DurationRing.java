// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Arrays;

/** Keeps the last durations of something. Thread-safe. */
final class DurationRing {
    private static final int SIZE = 1_024;

    @GuardedBy("this")
    private final long[] micros = new long[SIZE];

    @GuardedBy("this")
    private long count;

    synchronized void add(long nanos) {
        micros[(int) (count++ % SIZE)] = nanos / 1_000;
    }

    /** Returns the last {@value #SIZE} at most, in no order; owned by the caller. */
    synchronized long[] micros() {
        return Arrays.copyOf(micros, (int) Math.min(SIZE, count));
    }
}
