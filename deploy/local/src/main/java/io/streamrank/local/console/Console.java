// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.console;

import java.io.PrintWriter;
import picocli.CommandLine.Help.Ansi;

/**
 * Writes answers to one side, everything about them to the other.
 *
 * @param out standard output, or a test's
 * @param err standard error, or a test's
 * @param colour whether standard output takes colours
 * @param live whether a line on standard error can be rewritten
 * @param width columns, at least 72
 */
public record Console(PrintWriter out, PrintWriter err, boolean colour, boolean live, int width) {
    private static final int DEFAULT_WIDTH = 120;
    private static final int LEAST_WIDTH = 72;
    private static final int MOST_WIDTH = 160;

    /** Returns the console that the start script found. */
    public static Console of(PrintWriter out, PrintWriter err) {
        boolean colour = Boolean.getBoolean("streamrank.tty.out") && System.getenv("NO_COLOR") == null;
        int columns = Integer.getInteger("streamrank.columns", DEFAULT_WIDTH);
        int width = Math.max(LEAST_WIDTH, Math.min(MOST_WIDTH, columns));
        return new Console(out, err, colour, Boolean.getBoolean("streamrank.tty.err"), width);
    }

    /** Prints one line of an answer; markup as picocli has it, e.g. {@code @|bold text|@}. */
    public void print(String markup) {
        out.println(styled(markup));
        out.flush();
    }

    /** Prints one line about what is going on. */
    public void say(String line) {
        err.println(line);
        err.flush();
    }

    /** Prints what is going on just now: a line that the next one replaces, where that can be done. */
    public void status(String line) {
        if (live) {
            err.print("\r\u001b[2K" + line);
            err.flush();
        } else if (!line.isEmpty()) {
            say(line);
        }
    }

    private String styled(String markup) {
        return (colour ? Ansi.ON : Ansi.OFF).string(markup);
    }
}
