// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import java.util.BitSet;

/**
 * Follows the brackets, texts and commas of one JSON value byte by byte, so that its end is known before it is parsed.
 * It passes much that is no JSON, such as NaN or a line break in a text: the parser judges that later. Not thread-safe.
 */
final class JsonValueBoundary {
    /** How far the value is after a byte. */
    enum Progress {
        GOES_ON,
        ENDED,
        /** This byte cannot stand here. */
        WRONG
    }

    private enum Expected {
        NAME,
        COLON,
        VALUE,
        COMMA_OR_END
    }

    private final BitSet objects = new BitSet();
    private int depth;
    private Expected expected = Expected.VALUE;
    private boolean inText;
    private boolean escaped;
    private boolean inWord;

    /** Takes the next byte of the value, which begins with a bracket or a quote. */
    Progress take(int b) {
        if (inText) {
            return text(b);
        }
        boolean wasWord = inWord;
        inWord = false;
        return switch (b) {
            case ' ', '\t', '\n' -> Progress.GOES_ON;
            case '"' -> item(() -> inText = true);
            case '{', '[' -> opened(b == '{');
            case '}', ']' -> closed(b == '}');
            case ',' -> separator(Expected.COMMA_OR_END, objects.get(depth) ? Expected.NAME : Expected.VALUE);
            case ':' -> separator(Expected.COLON, Expected.VALUE);
            default -> word(wasWord);
        };
    }

    private Progress text(int b) {
        if (escaped) {
            escaped = false;
        } else if (b == '\\') {
            escaped = true;
        } else if (b == '"') {
            inText = false;
            return progress();
        }
        return Progress.GOES_ON;
    }

    private Progress word(boolean begun) {
        if (!begun) {
            return item(() -> inWord = true);
        }
        inWord = true;
        return Progress.GOES_ON;
    }

    /** Begins a name or a value other than an object or an array. */
    private Progress item(Runnable begin) {
        if (expected == Expected.NAME) {
            expected = Expected.COLON;
        } else if (expected == Expected.VALUE) {
            expected = Expected.COMMA_OR_END;
        } else {
            return Progress.WRONG;
        }
        begin.run();
        return Progress.GOES_ON;
    }

    private Progress opened(boolean object) {
        if (expected != Expected.VALUE) {
            return Progress.WRONG;
        }
        depth++;
        objects.set(depth, object);
        expected = object ? Expected.NAME : Expected.VALUE;
        return Progress.GOES_ON;
    }

    private Progress closed(boolean object) {
        if (depth == 0 || objects.get(depth) != object || expected == Expected.COLON) {
            return Progress.WRONG;
        }
        depth--;
        expected = Expected.COMMA_OR_END;
        return progress();
    }

    private Progress separator(Expected now, Expected next) {
        if (depth == 0 || expected != now) {
            return Progress.WRONG;
        }
        expected = next;
        return Progress.GOES_ON;
    }

    private Progress progress() {
        return depth == 0 ? Progress.ENDED : Progress.GOES_ON;
    }
}
