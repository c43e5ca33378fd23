// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

import java.util.Random;

/** How queries follow each other where they do not wait for answers. */
enum Arrivals {
    /** At a constant rate. */
    PACED("evenly spaced"),
    /** Each whenever it likes (Poisson): some come while others are under way, even at half load. */
    RANDOM("at random");

    private final String words;

    Arrivals(String words) {
        this.words = words;
    }

    /** To the next query, on average 1. */
    double gap(Random random) {
        return this == PACED ? 1 : -Math.log(1 - random.nextDouble());
    }

    /** For people. */
    String words() {
        return words;
    }
}
