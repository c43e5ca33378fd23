// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import java.io.Serializable;
import org.apache.flink.util.clock.Clock;

/**
 * Reads the clocks of this machine. It travels with the job, as Flink's own {@code SystemClock} cannot; it is the only class
 * here that asks the JVM for the time, so that tests can put Flink's {@code ManualClock} in its place.
 */
public final class SystemTime extends Clock implements Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public long absoluteTimeMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public long relativeTimeMillis() {
        return relativeTimeNanos() / 1_000_000;
    }

    @Override
    public long relativeTimeNanos() {
        return System.nanoTime();
    }
}
