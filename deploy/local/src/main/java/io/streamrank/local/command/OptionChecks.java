// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import io.streamrank.local.console.InputException;

/** Checks of numbers on the command line. */
public final class OptionChecks {
    private OptionChecks() {}

    /**
     * The value.
     *
     * @throws InputException where it is less than 1
     */
    public static int requirePositive(String option, int value) {
        if (value < 1) {
            throw new InputException(option + " must be at least 1: " + value);
        }
        return value;
    }
}
