// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import io.streamrank.local.console.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/** Checks numbers, files and combinations of options on the command line. */
public final class OptionChecks {
    private static final int MAX_PORT = 65_535;

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

    /**
     * Checks that a number is not negative.
     *
     * @throws InputException where it is
     */
    public static void requireNotNegative(String option, int value) {
        if (value < 0) {
            throw new InputException(option + " must be at least 0: " + value);
        }
    }

    /**
     * Checks that a number can be a port; 0 stands for any that is free.
     *
     * @throws InputException where it cannot
     */
    static void requirePort(String option, int value) {
        if (value < 0 || value > MAX_PORT) {
            throw new InputException(option + " must be between 0 and " + MAX_PORT + ": " + value);
        }
    }

    /**
     * Refuses options that would do nothing, as whoever gives one expects something of it.
     *
     * @param given the names of all options that the user gave
     * @param useless says which of them would do nothing
     * @param reason goes on after their names: why not, and what to do
     * @throws InputException names those that were given and would do nothing
     */
    public static void refuseUseless(List<String> given, Predicate<String> useless, String reason) {
        List<String> refused = given.stream().filter(useless).toList();
        if (!refused.isEmpty()) {
            throw new InputException(String.join(", ", refused) + ' ' + reason);
        }
    }

    /**
     * Checks that a file can be written, without writing it, before anything is done whose outcome belongs there.
     *
     * @throws InputException where it cannot
     */
    public static void requireWritable(String option, Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null && !Files.isDirectory(parent)) {
            throw new InputException(parent + " is not a directory: " + option + " cannot be written there");
        }
        boolean writable = Files.exists(file)
                ? Files.isWritable(file) && !Files.isDirectory(file)
                : parent != null && Files.isWritable(parent);
        if (!writable) {
            throw new InputException(file + " cannot be written: give another file as " + option);
        }
    }
}
