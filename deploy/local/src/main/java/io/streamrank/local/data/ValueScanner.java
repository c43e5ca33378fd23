// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import io.streamrank.local.data.JsonValueBoundary.Progress;
import io.streamrank.local.data.ValuePart.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a file into values without holding it in memory. The file is one array, or values one after the other: an object may lie
 * over several lines, and another may follow it on its last line. Everything else is one line. An object that is broken ends
 * where the next value begins, so that one bad line costs one value. Over 250 lines, as objects, arrays and what is skipped
 * share where they are. Not thread-safe.
 */
final class ValueScanner {
    /** No record that Kafka takes is larger. */
    static final int MAX_BYTES = 1 << 24;

    private static final int NONE = ByteCursor.NONE;
    private static final String TOO_LARGE = "is larger than " + (MAX_BYTES >> 20) + " MiB: make it smaller";

    /** Matches another object on the line: in JSON such brackets follow each other only in a list, with a comma. */
    private static final Pattern JOINED = Pattern.compile("\\}[ \\t]*\\{|^[^\\[]*\\}[ \\t]*,[ \\t]*\\{");

    private final ByteCursor in;
    private boolean begun;
    /** The line where the array begins; 0 outside. */
    private int arrayLine;

    private boolean arrayEnded;
    private boolean commaNeeded;
    /** The indentation of the line where the last value begins. */
    private int indent;
    /** Whether the next object follows another on its line. */
    private boolean joined;
    /** After a broken object its other lines are skipped: those that stand further to the right, or begin inside it. */
    private int skipBeyond = NONE;
    /** Whether the lines of a broken object are not indented, so that no column tells which bracket is its last. */
    private boolean flat;

    ValueScanner(InputStream in) {
        this.in = new ByteCursor(in);
    }

    /** Returns the next part; null at the end. After {@link Kind#BREAK} and {@link Kind#END} this must not be called. */
    @Nullable
    ValuePart next() throws IOException {
        int b = in.skipBlank();
        if (arrayLine > 0 && !arrayEnded) {
            return element(b);
        }
        while (skipBeyond != NONE && b != NONE && isInside(b, in.column() - 1)) {
            b = skipInside(b);
        }
        skipBeyond = NONE;
        flat = false;
        if (b == NONE) {
            return null;
        }
        if (arrayEnded) {
            return here(
                    Kind.END, "goes on after the array of line " + arrayLine + ": give one array, or one value a line");
        }
        boolean first = !begun;
        begun = true;
        if (first && b == '[') {
            arrayLine = in.line();
            return element(in.skipBlank());
        }
        boolean follows = joined;
        joined = false;
        if (!follows) {
            indent = in.column() - 1;
        }
        if (b == '{') {
            return object(follows);
        }
        return new ValuePart(in.line(), in.column(), Kind.LINE, in.restOfLine(b, MAX_BYTES));
    }

    /** Returns a part that begins with the byte that was read last. */
    private ValuePart here(Kind kind, String latin1) {
        return new ValuePart(in.line(), in.column(), kind, latin1);
    }

    /** Returns whether a line that begins so belongs to the broken object before it. */
    private boolean isInside(int b, int lineIndent) {
        return lineIndent > skipBeyond || b == '"' || b == '}' || b == ']' || b == ',';
    }

    /**
     * Skips a line of a broken object. Behind the object's last bracket another may begin.
     *
     * @return what the next line begins with, or the next object
     */
    private int skipInside(int b) throws IOException {
        flat |= b == '"' && in.column() - 1 <= skipBeyond;
        boolean last = !flat && b == '}' && in.column() - 1 <= skipBeyond;
        int after = last ? in.skipSpaces() : b;
        if (last && (after == '\n' || after == NONE)) {
            skipBeyond = NONE;
            return after == NONE ? NONE : in.skipBlank();
        }
        if (last && after == ',') {
            after = in.skipSpaces();
        }
        if (last && after == '{') {
            skipBeyond = NONE;
            joined = true;
            return after;
        }
        in.skipLine(after);
        return in.skipBlank();
    }

    /** @param follows whether another object stands before it on its line */
    private ValuePart object(boolean follows) throws IOException {
        int start = in.line();
        int column = in.column();
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        JsonValueBoundary boundary = new JsonValueBoundary();
        Progress progress = Progress.GOES_ON;
        boolean large = false;
        for (int b = '{'; b != NONE; b = in.read()) {
            progress = boundary.take(b);
            if (value.size() == MAX_BYTES) {
                large = true;
            } else {
                value.write(b);
            }
            if (progress != Progress.GOES_ON) {
                break;
            }
        }
        if (progress != Progress.ENDED && !large) {
            return broken(start, column, follows, value.toByteArray());
        }
        if (progress != Progress.ENDED) {
            skipBeyond = indent;
            in.skipLine(NONE);
        } else if (!endsHere()) {
            return new ValuePart(start, column, Kind.BROKEN, "goes on after its end: write one value a line");
        }
        return large
                ? new ValuePart(start, column, Kind.BROKEN, TOO_LARGE)
                : new ValuePart(start, column, Kind.JSON, latin1(value.toByteArray()));
    }

    /** Returns whether nothing follows an object but another, maybe after a comma. Anything else on the line is skipped. */
    private boolean endsHere() throws IOException {
        int last = in.line();
        int after = in.skipSpaces();
        if (after == '\n' || after == NONE) {
            return true;
        }
        if (after == ',') {
            after = in.skipBlank();
        }
        boolean sameLine = in.line() == last;
        if (after == '{') {
            in.unread();
            joined = sameLine;
            return true;
        }
        if (sameLine && after != NONE) {
            String rest = in.restOfLine(after, MAX_BYTES).stripTrailing();
            // What it opens goes on below.
            skipBeyond = rest.endsWith("{") || rest.endsWith("[") ? indent : NONE;
        } else if (after != NONE) {
            in.unread();
        }
        return false;
    }

    /**
     * Gives back the lines after the first, as the next value may begin there. The first line alone is to blame if it does
     * begin there.
     */
    private ValuePart broken(int start, int column, boolean follows, byte[] value) throws IOException {
        int lineEnd = 0;
        while (lineEnd < value.length && value[lineEnd] != '\n') {
            lineEnd++;
        }
        if (lineEnd == value.length) {
            String whole = latin1(value) + in.restOfLine(NONE, MAX_BYTES);
            skipBeyond = whole.stripTrailing().endsWith("}") ? NONE : indent;
            boolean others = follows || JOINED.matcher(whole).find();
            return new ValuePart(start, column, others ? Kind.BROKEN_LINE : Kind.JSON, whole);
        }
        skipBeyond = indent;
        int first = lineEnd + 1;
        while (first < value.length && (value[first] == ' ' || value[first] == '\t')) {
            first++;
        }
        boolean inside = first < value.length && isInside(value[first], first - lineEnd - 1);
        in.giveBack(Arrays.copyOfRange(value, lineEnd + 1, value.length), start + 1);
        return new ValuePart(start, column, Kind.JSON, latin1(inside ? value : Arrays.copyOf(value, lineEnd)));
    }

    private @Nullable ValuePart element(int first) throws IOException {
        int b = first;
        if (b == NONE) {
            return here(Kind.END, "ends inside the array of line " + arrayLine + ": its \"]\" is missing");
        }
        if (b == ']') {
            arrayEnded = true;
            return next();
        }
        if (commaNeeded) {
            if (b != ',') {
                return here(Kind.END, "has no comma between two values of the array: write one");
            }
            b = in.skipBlank();
        }
        if (b == ',' || (b == ']' && commaNeeded)) {
            arrayEnded = b == ']';
            commaNeeded = true;
            if (b == ',') {
                in.unread();
            }
            return here(Kind.BROKEN, "has a comma without a value in the array: remove the comma");
        }
        commaNeeded = true;
        return b == NONE ? element(b) : b == '{' || b == '[' || b == '"' ? nested(b) : word(b);
    }

    private ValuePart nested(int first) throws IOException {
        int start = in.line();
        int column = in.column();
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        JsonValueBoundary boundary = new JsonValueBoundary();
        boolean large = false;
        for (int b = first; b != NONE; b = in.read()) {
            Progress progress = boundary.take(b);
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
                        ? new ValuePart(start, column, Kind.BROKEN, TOO_LARGE)
                        : new ValuePart(start, column, Kind.JSON, latin1(value.toByteArray()));
            }
        }
        return new ValuePart(start, column, Kind.BREAK, latin1(value.toByteArray()));
    }

    private ValuePart word(int first) throws IOException {
        int start = in.line();
        int column = in.column();
        StringBuilder word = new StringBuilder();
        int b = first;
        while (b != NONE && b != ',' && b != ']' && b != '\n' && word.length() < MAX_BYTES) {
            word.append((char) b);
            b = in.read();
        }
        if (b != NONE && b != '\n') {
            in.unread();
        }
        return new ValuePart(start, column, Kind.JSON, word.toString());
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
