// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

/**
 * Holds the place of a part of a user's file or store that could not be used, and why.
 *
 * @param line where it begins, or its row, 1 for the first; 0 for what came from neither
 * @param problem one clause, e.g. {@code is not a JSON object}
 */
public record BadRecord(int line, String problem) {
    /** Returns the problem after its place, if it has one. */
    String at(String placeName) {
        return line == 0 ? problem : placeName + ' ' + line + ": " + problem;
    }

    @Override
    public String toString() {
        return at("line");
    }
}
