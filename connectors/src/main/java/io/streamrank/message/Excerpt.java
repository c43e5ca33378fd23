// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.message;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;

/** Makes of a value what an error message may show: one short line of printable text, and no secrets of an address. */
public final class Excerpt {
    private static final int MAX_CHARS = 80;

    /** Up to the last @, as a password may hold one, or a slash. */
    private static final Pattern USER_INFO = Pattern.compile("//[^\\s\"]*@");

    private Excerpt() {}

    /** Returns the value with its kind, e.g. {@code the number 5000}. */
    public static String value(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> "the text \"" + text(node.textValue()) + '"';
            case NUMBER -> "the number " + text(node.asText());
            case BOOLEAN -> node.asText();
            case ARRAY -> "an array of " + node.size();
            case OBJECT -> "an object";
            default -> "null";
        };
    }

    /** Returns the first {@value #MAX_CHARS} characters, with a replacement for each that is not printable. */
    public static String text(String text) {
        StringBuilder excerpt = new StringBuilder(Math.min(text.length(), MAX_CHARS) + 1);
        int at = 0;
        while (at < text.length() && excerpt.length() < MAX_CHARS) {
            int codePoint = text.codePointAt(at);
            excerpt.appendCodePoint(isPrintable(codePoint) ? codePoint : '\uFFFD');
            at += Character.charCount(codePoint);
        }
        return at < text.length() ? excerpt.append('…').toString() : excerpt.toString();
    }

    /** Returns the text with stars for the user and the password of each address in it. */
    public static String withoutUserInfo(String text) {
        return USER_INFO.matcher(text).replaceAll("//***@");
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
