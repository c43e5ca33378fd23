// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.console;

/** Fits text to a number of columns. */
public final class Columns {
    private Columns() {}

    /** Returns the text on one line, exactly that wide: filled up with blanks, or cut. */
    static String fit(String text, int width) {
        String line = cut(text, width);
        return line + " ".repeat(width - line.codePointCount(0, line.length()));
    }

    /** Returns the text on one line, cut with an ellipsis where it is wider. Counts code points. */
    public static String cut(String text, int width) {
        String line = text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
        return line.codePointCount(0, line.length()) <= width
                ? line
                : line.substring(0, line.offsetByCodePoints(0, Math.max(0, width - 1))) + "…";
    }

    /** Returns a user's text so that it is not taken for markup. */
    static String plain(String text) {
        return text.replace("@|", "@ |").replace("|@", "| @");
    }
}
