// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import java.io.IOException;
import java.io.InputStream;

/**
 * Reads the bytes of a text, and knows the line and column of each. Every line's end is a line feed, and bytes can be given
 * back. Not thread-safe.
 */
final class ByteCursor {
    /** Stands for the end of the text. */
    static final int NONE = -1;

    private static final int BUFFER_BYTES = 1 << 16;

    private final InputStream in;
    /** The byte that was read last stays in it, so that it can be given back. */
    private byte[] buffer = {};

    private int at;
    private int end;
    private int line = 1;
    private int column;

    ByteCursor(InputStream in) {
        this.in = in;
    }

    /** Returns the line of the byte that was read last, 1 for the first. A line's end counts to the next line. */
    int line() {
        return line;
    }

    /** Returns the column of the byte that was read last, 1 for the line's first character. */
    int column() {
        return column;
    }

    /** Returns the next byte, with every line's end as a line feed; {@link #NONE} at the end. */
    int read() throws IOException {
        int b = readRaw();
        if (b == '\r') {
            int after = readRaw();
            if (after != '\n' && after != NONE) {
                at--;
            }
            b = '\n';
        }
        if (b == '\n') {
            line++;
            column = 0;
        } else if ((b & 0xC0) != 0x80) { // not within a character
            column++;
        }
        return b;
    }

    /** Takes back the byte that was just read, which is no line's end. */
    void unread() {
        at--;
        column--;
    }

    /**
     * Puts bytes in front of what is left.
     *
     * @param firstLine the line that they begin
     */
    void giveBack(byte[] bytes, int firstLine) {
        byte[] all = new byte[bytes.length + end - at];
        System.arraycopy(bytes, 0, all, 0, bytes.length);
        System.arraycopy(buffer, at, all, bytes.length, end - at);
        buffer = all;
        at = 0;
        end = all.length;
        line = firstLine;
        column = 0;
    }

    /** Returns the next byte that is not blank, on this line or a later one; {@link #NONE} at the end. */
    int skipBlank() throws IOException {
        int b = skipSpaces();
        while (b == '\n') {
            b = skipSpaces();
        }
        return b;
    }

    /** Returns the next byte on this line that is not blank; a line feed or {@link #NONE} at its end. */
    int skipSpaces() throws IOException {
        int b = read();
        while (b == ' ' || b == '\t' || isMark(b)) {
            b = read();
        }
        return b;
    }

    /** Skips the rest of a byte order mark, which stands within a file that was joined of several. */
    private boolean isMark(int first) throws IOException {
        if (first != 0xEF) {
            return false;
        }
        while (end - at < 2) {
            if (!readMore()) {
                return false;
            }
        }
        boolean mark = (buffer[at] & 0xFF) == 0xBB && (buffer[at + 1] & 0xFF) == 0xBF;
        if (mark) {
            at += 2;
            column--;
        }
        return mark;
    }

    /**
     * Returns the rest of the line without its end, one character for each byte.
     *
     * @param first a byte of it that was read already; {@link #NONE} for none
     * @param most bytes that are kept, all others are skipped
     */
    String restOfLine(int first, int most) throws IOException {
        StringBuilder rest = new StringBuilder();
        for (int b = first == NONE ? read() : first; b != NONE && b != '\n'; b = read()) {
            if (rest.length() < most) {
                rest.append((char) b);
            }
        }
        return rest.toString();
    }

    /**
     * Skips the rest of the line.
     *
     * @param first a byte of it that was read already; {@link #NONE} for none
     */
    void skipLine(int first) throws IOException {
        int b = first == NONE ? read() : first;
        while (b != NONE && b != '\n') {
            b = read();
        }
    }

    private int readRaw() throws IOException {
        if (at == end && !readMore()) {
            return NONE;
        }
        return buffer[at++] & 0xFF;
    }

    /** Reads more behind what is left; false at the end. */
    private boolean readMore() throws IOException {
        int kept = Math.max(0, at - 1);
        int left = end - kept;
        byte[] next = new byte[BUFFER_BYTES];
        System.arraycopy(buffer, kept, next, 0, left);
        int read = in.read(next, left, next.length - left);
        buffer = next;
        at -= kept;
        end = left + Math.max(0, read);
        return read > 0;
    }
}
