// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import io.streamrank.local.console.Console;
import io.streamrank.local.console.ExitCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Collects what could not be used and prints it in a few lines at the end. Thread-safe. */
public final class BadRecords implements Consumer<BadRecord> {
    private static final int SHOWN = 5;

    private final String thing;
    private final String things;
    private final String placeName;
    private final List<BadRecord> first = new ArrayList<>();
    private int count;

    public BadRecords(String thing, String things) {
        this(thing, things, "line");
    }

    /** @param placeName of what they come from, e.g. {@code row} */
    public BadRecords(String thing, String things, String placeName) {
        this.thing = thing;
        this.things = things;
        this.placeName = placeName;
    }

    /** Names the file that they come from, too; null for none. */
    public static BadRecords of(String thing, String things, @Nullable Path file) {
        String of = file == null ? "" : " of " + file;
        return new BadRecords(thing + of, things + of);
    }

    @Override
    public synchronized void accept(BadRecord problem) {
        count++;
        if (first.size() < SHOWN) {
            first.add(problem);
        }
    }

    /** Returns how many there are. */
    public synchronized int count() {
        return count;
    }

    /** Returns the exit code, by whether everything could be used. */
    public synchronized int exitCode() {
        return count == 0 ? ExitCode.DONE : ExitCode.SOME_REFUSED;
    }

    /** Prints the first of them; nothing where there is nothing to say. */
    public synchronized void print(Console console) {
        if (count == 0) {
            return;
        }
        console.say(String.format(Locale.ROOT, "%,d %s could not be used:", count, count == 1 ? thing : things));
        first.forEach(problem -> console.say("  " + problem.at(placeName)));
        if (count > first.size()) {
            console.say(String.format(Locale.ROOT, "  … and %,d more", count - first.size()));
        }
    }
}
