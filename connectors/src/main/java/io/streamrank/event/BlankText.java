// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

/**
 * Tells texts of which no token reaches a model. Java's own {@code isBlank} does not: it takes a no-break space, a zero-width
 * space and NUL for text, but the clean-up in front of a tokenizer drops them.
 */
public final class BlankText {
    private static final int REPLACEMENT_CHARACTER = 0xFFFD;

    private BlankText() {}

    /**
     * Returns whether the text is empty or holds nothing but characters that BERT's clean-up drops: spaces and line breaks of
     * any kind, control and format characters, private use, accents that stand alone, and the replacement character.
     */
    public static boolean isBlank(String text) {
        for (int at = 0; at < text.length(); ) {
            int codePoint = text.codePointAt(at);
            if (!isDropped(codePoint)) {
                return false;
            }
            at += Character.charCount(codePoint);
        }
        return true;
    }

    private static boolean isDropped(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.CONTROL,
                    Character.FORMAT,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.NON_SPACING_MARK -> true;
            default -> codePoint == REPLACEMENT_CHARACTER;
        };
    }
}
