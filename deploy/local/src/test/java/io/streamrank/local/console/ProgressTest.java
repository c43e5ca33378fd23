// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final StringWriter err = new StringWriter();
    private final AtomicLong nanos = new AtomicLong();

    @Test
    void saysALineEveryTenSecondsWhereNoLineCanBeRewritten() {
        Console console = new Console(new PrintWriter(new StringWriter()), new PrintWriter(err), false, false, 80);
        try (Progress progress = new Progress(console, "reading", " MB", 1 << 20, 9 << 20, nanos::get)) {
            progress.to(1 << 20);
            nanos.addAndGet(Duration.ofSeconds(10).toNanos() + 1);
            progress.to(2 << 20);
            progress.to(3 << 20);
            nanos.addAndGet(Duration.ofSeconds(11).toNanos());
            progress.to(9 << 20);
        }

        assertThat(err.toString().lines()).containsExactly("reading …", "reading: 2 of 9 MB", "reading: 9 of 9 MB");
    }
}
