// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import java.io.IOException;
import java.time.Duration;

/** Reports that the hub did not give what it was asked for. */
final class HubException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean permanent;

    private final Duration retryAfter;

    HubException(String message, boolean permanent) {
        this(message, permanent, Duration.ZERO);
    }

    HubException(String message, boolean permanent, Duration retryAfter) {
        super(message);
        this.permanent = permanent;
        this.retryAfter = retryAfter;
    }

    /** Tells whether another request would give the same answer. */
    boolean permanent() {
        return permanent;
    }

    /** Returns how long the hub asks to wait before the next request; zero where it does not. */
    Duration retryAfter() {
        return retryAfter;
    }
}
