// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.console;

import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows a progress bar with rate and time left on a terminal; elsewhere a line every few seconds, so that a log stays
 * readable. Not thread-safe.
 */
public final class Progress implements AutoCloseable {
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

    private final Console console;
    private final String task;
    private final @Nullable ProgressBar bar;
    private final String unit;
    private final long unitSize;
    private long total;
    private final LongSupplier clock;
    private long lastLine;

    /**
     * Begins a task.
     *
     * @param unit e.g. {@code " docs"}, or {@code " MB"} with a size of 2^20
     * @param total in single steps, not in units; 0 where it is not known yet
     */
    public Progress(Console console, String task, String unit, long unitSize, long total) {
        this(console, task, unit, unitSize, total, System::nanoTime);
    }

    /** Begins a task, by a clock of nanoseconds. */
    Progress(Console console, String task, String unit, long unitSize, long total, LongSupplier clock) {
        this.console = console;
        this.task = task;
        this.unit = unit;
        this.unitSize = unitSize;
        this.total = total;
        this.clock = clock;
        this.lastLine = clock.getAsLong();
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
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(200)
                .showSpeed()
                .continuousUpdate()
                .setConsumer(new DelegatingProgressBarConsumer(line -> rewrite(console, line), console.width() - 1))
                .build();
    }

    private static void rewrite(Console console, String line) {
        console.err().print("\r" + line);
        console.err().flush();
    }

    /** Says how much there is to do, in single steps. */
    public void total(long steps) {
        total = steps;
        if (bar != null) {
            bar.maxHint(steps);
        }
    }

    /** Says how far the task is, in single steps. */
    public void to(long steps) {
        if (bar != null) {
            bar.stepTo(steps);
        } else if (clock.getAsLong() - lastLine > BETWEEN_LINES.toNanos()) {
            lastLine = clock.getAsLong();
            String of = total == 0 ? "" : String.format(Locale.ROOT, " of %,d", total / unitSize);
            console.say(String.format(Locale.ROOT, "%s: %,d%s%s", task, steps / unitSize, of, unit));
        }
    }

    /** Takes the bar away. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            console.status("");
        }
    }
}
