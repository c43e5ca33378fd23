// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import io.streamrank.local.console.InputException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks numbers and files on the command line. */
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
