// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether the job answers, from what it answers to clients. If it answered nobody for a while, a probe asks: a query of one
 * short text. The first probe also learns the model's name. Thread-safe.
 */
public final class JobMonitor implements AutoCloseable {
    /** Answers that are older say nothing of now. */
    public static final Duration INTERVAL = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(JobMonitor.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String PROBE =
            "{\"id\":\"probe\",\"query\":\"probe\",\"documents\":[\"probe\"],\"top_n\":1,\"timeout_ms\":4000}";

    private final QueryTransport transport;
    private final LongSupplier nanoClock;
    private final ScheduledExecutorService timer;

    @GuardedBy("this")
    private @Nullable String model;

    @GuardedBy("this")
    private @Nullable Long answeredNs;

    @GuardedBy("this")
    private @Nullable Long roundTripMs;

    @GuardedBy("this")
    private boolean silent;

    public JobMonitor(QueryTransport transport, LongSupplier nanoClock) {
        this.transport = transport;
        this.nanoClock = nanoClock;
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "gateway-probe");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Begins to probe. */
    public void start() {
        timer.scheduleWithFixedDelay(this::probeIfQuiet, 0, INTERVAL.toMillis() / 3, TimeUnit.MILLISECONDS);
    }

    private void probeIfQuiet() {
        if (isQuiet()) {
            probe();
        }
    }

    private synchronized boolean isQuiet() {
        return silent || answeredNs == null || nanoClock.getAsLong() - answeredNs >= INTERVAL.toNanos();
    }

    /** Asks the job one short query. */
    void probe() {
        long startNs = nanoClock.getAsLong();
        transport.send(UUID.randomUUID(), PROBE.getBytes(UTF_8), PATIENCE).whenComplete((reply, failure) -> {
            if (failure != null) {
                LOG.info("The job does not answer: {}", failure.getMessage());
                ended(null, failure);
                return;
            }
            try {
                ended(JobAnswer.read(reply), null);
                tookNs(nanoClock.getAsLong() - startNs);
            } catch (IOException noJson) {
                LOG.warn("The answer to a probe is not JSON", noJson);
            }
        });
    }

    private synchronized void tookNs(long nanos) {
        roundTripMs = TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    /** Learns from the end of a query. */
    public synchronized void ended(@Nullable JobAnswer answer, @Nullable Throwable failure) {
        if (answer != null) {
            if (answer.json().hasNonNull("model")) {
                model = answer.model();
            }
            answeredNs = nanoClock.getAsLong();
            silent = false;
        } else {
            silent |= RequestException.isTimeout(failure);
        }
    }

    public synchronized JobStatus status() {
        Long ageMs = answeredNs == null ? null : TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - answeredNs);
        String state = silent ? "silent" : answeredNs == null ? "unknown" : "answers";
        return new JobStatus(model, state, ageMs, roundTripMs);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
