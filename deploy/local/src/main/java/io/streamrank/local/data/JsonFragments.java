// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import java.util.regex.Pattern;

/**
 * Tells lines that are a part of JSON, as they are left where an array or an object over several lines is broken. Such a line is
 * no plain text that anybody wrote.
 */
final class JsonFragments {
    private static final Pattern BRACKETS_AND_COMMAS = Pattern.compile("[\\[\\]{},\\s]++");
    private static final Pattern CLOSING = Pattern.compile("[\\]},\\s]*+");
    private static final Pattern WORD = Pattern.compile("(?:true|false|null|-?[0-9][0-9.eE+-]*+)[\\]},\\s]*+");

    private JsonFragments() {}

    /**
     * Returns whether the line is brackets and commas alone, a text in double quotes with those behind it, or a member such as
     * {@code "query": "owls",}. A whole text in double quotes is none.
     */
    static boolean isFragment(String line) {
        if (BRACKETS_AND_COMMAS.matcher(line).matches()) {
            return true;
        }
        int end = endOfText(line);
        String rest = line.substring(end).strip();
        if (end == 0 || rest.isEmpty()) {
            return false;
        }
        return rest.startsWith(":")
                ? isValue(rest.substring(1).strip())
                : CLOSING.matcher(rest).matches();
    }

    /** Returns whether this may stand behind a member's name, up to the end of a line. */
    private static boolean isValue(String text) {
        if (text.isEmpty() || text.startsWith("{") || text.startsWith("[")) {
            return true;
        }
        int end = endOfText(text);
        return end > 0
                ? CLOSING.matcher(text.substring(end)).matches()
                : WORD.matcher(text).matches();
    }

    /** Returns where the text in double quotes ends that the line begins with; 0 if it begins with none. */
    private static int endOfText(String line) {
        int at = line.startsWith("\"") ? 1 : line.length();
        while (at < line.length() && line.charAt(at) != '"') {
            at += line.charAt(at) == '\\' ? 2 : 1;
        }
        return at < line.length() ? at + 1 : 0;
    }
}
