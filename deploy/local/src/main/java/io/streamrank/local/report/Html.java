// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.report;

/** Text in a page. */
public final class Html {
    private Html() {}

    /** A user's text must not be taken for markup, neither between tags nor in an attribute. */
    public static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(Character.isISOControl(c) ? ' ' : c);
            }
        }
        return escaped.toString();
    }

    /** Escaped, and cut where it is long. */
    public static String brief(String text, int characters) {
        String line = text.replaceAll("\\s+", " ").strip();
        return escape(
                line.codePointCount(0, line.length()) <= characters
                        ? line
                        : line.substring(0, line.offsetByCodePoints(0, characters - 1)) + "…");
    }
}
