// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import java.nio.charset.StandardCharsets;

/**
 * Holds a part of a file that stands for one value.
 *
 * @param line where it begins, 1 for the first
 * @param column where it begins in that line, 1 for the first
 * @param kind what it is
 * @param latin1 its bytes, one character for each; with {@link Kind#BROKEN} and {@link Kind#END} a clause for the user
 */
record ValuePart(int line, int column, Kind kind, String latin1) {
    /** What a part is. */
    enum Kind {
        /** Looks like one JSON value. */
        JSON,
        /** A line that begins with no bracket. */
        LINE,
        /** Looks like JSON that breaks off, next to other values on its line: nothing after it on that line can be read. */
        BROKEN_LINE,
        /** Cannot be read; the clause says why. What follows can. */
        BROKEN,
        /** Looks like JSON that breaks off inside an array: nothing after it can be read. */
        BREAK,
        /** Nothing after it can be read; the clause says why. */
        END
    }

    byte[] bytes() {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }
}
