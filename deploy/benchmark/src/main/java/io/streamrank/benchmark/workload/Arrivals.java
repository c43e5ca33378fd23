// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.workload;

import java.util.Random;

/** How queries follow each other where they do not wait for answers. */
public enum Arrivals {
    /** At a constant rate. */
    PACED("evenly spaced"),
    /** Each whenever it likes (Poisson): some come while others are under way, even at half load. */
    RANDOM("at random");

    private final String words;

    Arrivals(String words) {
        this.words = words;
    }

    /** To the next query, on average 1. */
    public double gap(Random random) {
        return this == PACED ? 1 : -Math.log(1 - random.nextDouble());
    }

    /** For people. */
    public String words() {
        return words;
    }
}
