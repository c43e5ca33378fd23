// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.workers;

import org.jspecify.annotations.Nullable;

/** Offers one model's work to the {@link Workers}. All methods are called with {@link Workers#lock()} held. */
public interface WorkSource {
    /** Returns the priority of the most urgent work that waits. */
    Priority priority();

    /** Returns the nanoseconds until something can run; {@link Long#MAX_VALUE} for not before something changes. */
    long delay(long now);

    /**
     * Returns how many of its runs wait for a device instead of using a core. As many threads are added to those that the cores
     * have, so that no core is idle while a device computes. It never changes.
     */
    default int waitingRuns() {
        return 0;
    }

    /** Takes what runs next on the calling thread; null only where {@link #delay} is positive or work just expired. */
    @Nullable
    Runnable next(long now);
}
