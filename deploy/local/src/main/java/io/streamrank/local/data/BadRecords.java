// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import io.streamrank.local.console.Console;
import io.streamrank.local.console.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Collects what could not be used and prints it in a few lines at the end. Thread-safe. */
public final class BadRecords implements Consumer<BadRecord> {
    private static final int SHOWN = 5;

    private final String thing;
    private final String things;
    private final List<BadRecord> first = new ArrayList<>();
    private int count;

    public BadRecords(String thing, String things) {
        this.thing = thing;
        this.things = things;
    }

    @Override
    public synchronized void accept(BadRecord problem) {
        count++;
        if (first.size() < SHOWN) {
            first.add(problem);
        }
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
        String subject = count == 1 ? thing + " was" : things + " were";
        console.say(String.format(Locale.ROOT, "%,d %s refused:", count, subject));
        first.forEach(problem -> console.say("  " + problem));
        if (count > first.size()) {
            console.say(String.format(Locale.ROOT, "  … and %,d more", count - first.size()));
        }
    }
}
