// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import java.time.Duration;

/**
 * Says how long to wait for a model.
 *
 * @param run for one run to come back, before it is given up
 * @param close for the runs in progress when the model is closed
 */
public record RunTimeouts(Duration run, Duration close) {
    private static final Duration CLOSE = Duration.ofSeconds(10);

    public RunTimeouts(Duration run) {
        this(run, CLOSE);
    }
}
