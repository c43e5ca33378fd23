// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.workload;

import java.util.Random;

/** Says how queries follow each other where they do not wait for answers. */
public enum Arrivals {
    /** Arrive at a constant rate. */
    PACED("evenly spaced"),
    /** Arrive independently of each other (Poisson): some come while others are under way, even at half load. */
    RANDOM("at random");

    private final String words;

    Arrivals(String words) {
        this.words = words;
    }

    /** Returns the time to the next query, on average 1. */
    public double gap(Random random) {
        return this == PACED ? 1 : -Math.log(1 - random.nextDouble());
    }

    /** Returns the name for people. */
    public String words() {
        return words;
    }
}
