// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import io.streamrank.local.console.InputException;

/** Checks numbers on the command line. */
public final class OptionChecks {
    private OptionChecks() {}

    /**
     * Returns the value.
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
