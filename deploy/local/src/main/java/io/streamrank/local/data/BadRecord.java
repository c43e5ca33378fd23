// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

/**
 * Holds the place of a part of a user's file that could not be used, and why.
 *
 * @param line where it begins, 1 for the first; 0 for what came from no file
 * @param problem one clause, e.g. {@code is not a JSON object}
 */
public record BadRecord(int line, String problem) {
    @Override
    public String toString() {
        return line == 0 ? problem : "line " + line + ": " + problem;
    }
}
