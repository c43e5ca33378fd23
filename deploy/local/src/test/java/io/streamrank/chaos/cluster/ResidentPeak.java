// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The most memory in RAM that a process was seen with, looked at ten times a second. */
public final class ResidentPeak implements AutoCloseable {
    private final JavaProcess process;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private volatile long bytes;

    public ResidentPeak(JavaProcess process) {
        this.process = process;
        clock.scheduleAtFixedRate(this::look, 0, 100, TimeUnit.MILLISECONDS);
    }

    /** 0 where the system does not tell. */
    public long bytes() {
        return bytes;
    }

    private void look() {
        try {
            bytes = Math.max(bytes, process.status("VmRSS") << 10);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a process that ends shows elsewhere, too
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
