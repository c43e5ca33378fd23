// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.function.Consumer;

/** Logs once a minute that documents wait for an endpoint, and why. Thread-safe. */
final class WaitingLog {
    private static final long PAUSE_NANOS = 60_000_000_000L;

    private final Consumer<String> log;

    @GuardedBy("this")
    private boolean logged;

    @GuardedBy("this")
    private long loggedNanos;

    WaitingLog(Consumer<String> log) {
        this.log = log;
    }

    void add(EndpointCall<?> call, EndpointFailure failure, int waiting, long now) {
        synchronized (this) {
            if (logged && now - loggedNanos < PAUSE_NANOS) {
                return;
            }
            logged = true;
            loggedNanos = now;
        }
        log.accept("Documents wait for " + failure.place(call.spec, call.spec.address()) + ", which " + failure.why()
                + ". " + waiting + " requests wait, and are sent until it answers.");
    }
}
