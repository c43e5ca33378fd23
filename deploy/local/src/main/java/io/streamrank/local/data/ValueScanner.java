// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import io.streamrank.local.data.JsonSyntax.Progress;
import io.streamrank.local.data.ValuePart.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a file into values without holding it in memory. The file is one array, or values one after the other: an object
 * may lie over several lines, everything else is one line. An object that is broken ends where the next value begins, so
 * that one bad line costs one value. Over 250 lines, as cutting and giving back share one buffer. Not thread-safe.
 */
final class ValueScanner {
    /** No record that Kafka takes is larger. */
    static final int MAX_BYTES = 1 << 24;

    private static final int NONE = -1;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final String TOO_LARGE = "is larger than " + (MAX_BYTES >> 20) + " MiB: make it smaller";

    private final InputStream in;
    private byte[] buffer = {};
    private int at;
    private int end;
    private int line = 1;
    private int column;
    private boolean begun;
    /** The line where the array begins; 0 outside. */
    private int arrayLine;

    private boolean arrayEnded;
    private boolean commaNeeded;
    /** After a broken object its other lines are skipped: those that stand further to the right, or begin inside it. */
    private int skipBeyond = NONE;

    ValueScanner(InputStream in) {
        this.in = in;
    }

    /** Returns the next part; null at the end. After {@link Kind#BREAK} and {@link Kind#END} this must not be called. */
    @Nullable
    ValuePart next() throws IOException {
        int b = skipBlank();
        if (arrayLine > 0 && !arrayEnded) {
            return element(b);
        }
        while (skipBeyond != NONE && b != NONE && isInside(b, column - 1)) {
            skipLine(b);
            b = skipBlank();
        }
        skipBeyond = NONE;
        if (b == NONE) {
            return null;
        }
        if (arrayEnded) {
            return new ValuePart(
                    line,
                    Kind.END,
                    "goes on after the array of line " + arrayLine + ": give one array, or one value a line");
        }
        boolean first = !begun;
        begun = true;
        if (first && b == '[') {
            arrayLine = line;
            return element(skipBlank());
        }
        return b == '{' ? object() : new ValuePart(line, Kind.LINE, restOfLine(b));
    }

    /** Returns whether a line that begins so belongs to the broken object before it. */
    private boolean isInside(int b, int indent) {
        return indent > skipBeyond || b == '"' || b == '}' || b == ']' || b == ',';
    }

    private ValuePart object() throws IOException {
        int start = line;
        int indent = column - 1;
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        JsonSyntax syntax = new JsonSyntax();
        Progress progress = Progress.GOES_ON;
        boolean large = false;
        for (int b = '{'; b != NONE; b = read()) {
            progress = syntax.take(b);
            if (value.size() == MAX_BYTES) {
                large = true;
            } else {
                value.write(b);
            }
            if (progress != Progress.GOES_ON) {
                break;
            }
        }
        if (large) {
            skipBeyond = indent;
            skipLine(NONE);
            return new ValuePart(start, Kind.BROKEN, TOO_LARGE);
        }
        if (progress != Progress.ENDED) {
            return broken(start, indent, value.toByteArray());
        }
        int after = read();
        while (after == ' ' || after == '\t') {
            after = read();
        }
        if (after != '\n' && after != NONE) {
            skipLine(after);
            return new ValuePart(start, Kind.BROKEN, "goes on after its end: write one value a line");
        }
        return new ValuePart(start, Kind.JSON, latin1(value.toByteArray()));
    }

    /**
     * Gives back the lines after the first, as the next value may begin there. The first line alone is to blame if it does
     * begin there.
     */
    private ValuePart broken(int start, int indent, byte[] value) throws IOException {
        int lineEnd = 0;
        while (lineEnd < value.length && value[lineEnd] != '\n') {
            lineEnd++;
        }
        if (lineEnd == value.length) {
            String whole = latin1(value) + restOfLine(NONE);
            skipBeyond = whole.stripTrailing().endsWith("}") ? NONE : indent;
            return new ValuePart(start, Kind.JSON, whole);
        }
        skipBeyond = indent;
        int first = lineEnd + 1;
        while (first < value.length && (value[first] == ' ' || value[first] == '\t')) {
            first++;
        }
        boolean inside = first < value.length && isInside(value[first], first - lineEnd - 1);
        giveBack(Arrays.copyOfRange(value, lineEnd + 1, value.length));
        line = start + 1;
        column = 0;
        return new ValuePart(start, Kind.JSON, latin1(inside ? value : Arrays.copyOf(value, lineEnd)));
    }

    private @Nullable ValuePart element(int first) throws IOException {
        int b = first;
        if (b == NONE) {
            return new ValuePart(
                    line, Kind.END, "ends inside the array of line " + arrayLine + ": its \"]\" is missing");
        }
        if (b == ']') {
            arrayEnded = true;
            return next();
        }
        if (commaNeeded) {
            if (b != ',') {
                return new ValuePart(line, Kind.END, "has no comma between two values of the array: write one");
            }
            b = skipBlank();
        }
        if (b == ',' || (b == ']' && commaNeeded)) {
            arrayEnded = b == ']';
            commaNeeded = true;
            if (b == ',') {
                unread();
            }
            return new ValuePart(line, Kind.BROKEN, "has a comma without a value in the array: remove the comma");
        }
        commaNeeded = true;
        return b == NONE ? element(b) : b == '{' || b == '[' || b == '"' ? nested(b) : word(b);
    }

    private ValuePart nested(int first) throws IOException {
        int start = line;
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        JsonSyntax syntax = new JsonSyntax();
        boolean large = false;
        for (int b = first; b != NONE; b = read()) {
            Progress progress = syntax.take(b);
            if (value.size() == MAX_BYTES) {
                large = true;
            } else {
                value.write(b);
            }
            if (progress == Progress.WRONG) {
                break;
            }
            if (progress == Progress.ENDED) {
                return large
                        ? new ValuePart(start, Kind.BROKEN, TOO_LARGE)
                        : new ValuePart(start, Kind.JSON, latin1(value.toByteArray()));
            }
        }
        return new ValuePart(start, Kind.BREAK, latin1(value.toByteArray()));
    }

    private ValuePart word(int first) throws IOException {
        int start = line;
        StringBuilder word = new StringBuilder();
        int b = first;
        while (b != NONE && b != ',' && b != ']' && b != '\n' && word.length() < MAX_BYTES) {
            word.append((char) b);
            b = read();
        }
        if (b != NONE && b != '\n') {
            unread();
        }
        return new ValuePart(start, Kind.JSON, word.toString());
    }

    /** Returns the first byte that is not blank; {@link #NONE} at the end. */
    private int skipBlank() throws IOException {
        int b = read();
        while (b == ' ' || b == '\t' || b == '\n') {
            b = read();
        }
        return b;
    }

    /** Returns the line without its end, from the byte on that was read already; {@link #NONE} for none. */
    private String restOfLine(int first) throws IOException {
        StringBuilder rest = new StringBuilder();
        for (int b = first == NONE ? read() : first; b != NONE && b != '\n'; b = read()) {
            if (rest.length() < MAX_BYTES) {
                rest.append((char) b);
            }
        }
        return rest.toString();
    }

    private void skipLine(int first) throws IOException {
        int b = first == NONE ? read() : first;
        while (b != NONE && b != '\n') {
            b = read();
        }
    }

    /** Returns the next byte, with every line's end as a line feed. */
    private int read() throws IOException {
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
        } else {
            column++;
        }
        return b;
    }

    private int readRaw() throws IOException {
        if (at == end) {
            buffer = new byte[BUFFER_BYTES];
            at = 0;
            end = Math.max(0, in.read(buffer, 0, buffer.length));
            if (end == 0) {
                return NONE;
            }
        }
        return buffer[at++] & 0xFF;
    }

    /** Takes back the byte that was just read, which is no line's end. */
    private void unread() {
        at--;
        column--;
    }

    private void giveBack(byte[] bytes) {
        byte[] all = Arrays.copyOf(bytes, bytes.length + end - at);
        System.arraycopy(buffer, at, all, bytes.length, end - at);
        buffer = all;
        at = 0;
        end = all.length;
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
