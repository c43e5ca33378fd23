// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.stats;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** Keeps the last durations of something. Thread-safe, without a lock. */
public final class TimeWindow {
    public static final int SIZE = 1_024;

    private final AtomicLongArray micros = new AtomicLongArray(SIZE);
    private final AtomicLong count = new AtomicLong();

    public void add(long nanos) {
        micros.set((int) (count.getAndIncrement() % SIZE), nanos / 1_000);
    }

    /** Returns the last {@value #SIZE} at most, in no order; owned by the caller. */
    public long[] micros() {
        long[] values = new long[(int) Math.min(SIZE, count.get())];
        for (int i = 0; i < values.length; i++) {
            values[i] = micros.get(i);
        }
        return values;
    }
}
