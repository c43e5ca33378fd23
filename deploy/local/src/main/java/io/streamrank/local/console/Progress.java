// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.console;

import java.time.Duration;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * A progress bar with rate and time left on a terminal; elsewhere a line now and then, so that a log stays readable.
 * Silent until something has lasted a moment. Not thread-safe.
 */
public final class Progress implements AutoCloseable {
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

    private final Console console;
    private final String task;
    private final @Nullable ProgressBar bar;
    private final long begin = System.nanoTime();
    private long lastLine = begin;
    private long done;

    /**
     * Begins a task.
     *
     * @param unit e.g. {@code " docs"}, or {@code " MB"} with a size of 2^20
     * @param total in single steps, not in units; -1 where it is not known
     */
    public Progress(Console console, String task, String unit, long unitSize, long total) {
        this.console = console;
        this.task = task;
        this.bar = console.live() ? bar(console, task, unit, unitSize, total) : null;
        if (!console.live()) {
            console.say(task + " …");
        }
    }

    private static ProgressBar bar(Console console, String task, String unit, long unitSize, long total) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setUnit(unit, unitSize)
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BAR)
                .setUpdateIntervalMillis(200)
                .showSpeed()
                .setConsumer(new DelegatingProgressBarConsumer(line -> rewrite(console, line), console.width() - 1))
                .build();
    }

    private static void rewrite(Console console, String line) {
        console.err().print("\r" + line);
        console.err().flush();
    }

    /** Says how far the task is, in single steps. */
    public void to(long steps) {
        done = steps;
        if (bar != null) {
            bar.stepTo(steps);
        } else if (System.nanoTime() - lastLine > BETWEEN_LINES.toNanos()) {
            lastLine = System.nanoTime();
            console.say(task + ": " + done);
        }
    }

    /** Seconds since the task began. */
    public double seconds() {
        return (System.nanoTime() - begin) / 1e9;
    }

    /** Takes the bar away. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            console.err().print("\r\u001b[2K");
            console.err().flush();
        }
    }
}
