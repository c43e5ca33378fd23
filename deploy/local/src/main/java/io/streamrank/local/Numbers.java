// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local;

/** Checks of numbers on the command line. */
final class Numbers {
    private Numbers() {}

    /**
     * The value.
     *
     * @throws InputException where it is less than 1
     */
    static int requirePositive(String option, int value) {
        if (value < 1) {
            throw new InputException(option + " must be at least 1: " + value);
        }
        return value;
    }
}
