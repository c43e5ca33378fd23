// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.console;

/** Text fitted to a number of columns. */
final class Columns {
    private Columns() {}

    /** Exactly that wide: filled up with blanks, or cut with an ellipsis. Counts code points. */
    static String fit(String text, int width) {
        String line = text.replaceAll("\\s+", " ").strip();
        int length = line.codePointCount(0, line.length());
        if (length > width) {
            return line.substring(0, line.offsetByCodePoints(0, Math.max(0, width - 1))) + "…";
        }
        return line + " ".repeat(width - length);
    }

    /** A user's text must not be taken for markup. */
    static String plain(String text) {
        return text.replace("@|", "@ |").replace("|@", "| @");
    }
}
