// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streamrank.inference.endpoint.EndpointFailure.Kind;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.UnavailableException;
import io.streamrank.inference.stats.EndpointStats;
import io.streamrank.inference.stats.RecentTimes;
import io.streamrank.inference.workers.SharedModels;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets requests to one address with one key through, as many and as fast as limits and endpoint allow, and repeats them. It is
 * the only place that repeats anything. Thread-safe; no thread waits, and nobody is told with the lock held.
 *
 * <p>Longer than 250 lines, as whatever touches what the lock guards stands here and nowhere else.
 */
final class Gate implements SharedModels.Loaded {
    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
    /** So many faults in a row mean that the endpoint is away, and queries are not to wait for it. */
    private static final int AWAY = 3;
    /** Some servers answer so to a text that they cannot take, and all do to every text while they are broken. */
    private static final String SERVER_ERROR = "500";
    /** After so many server errors a request is not sent again, as what is in it may be at fault. */
    private static final int MOST_SERVER_ERRORS = 3;

    private final @Nullable SecretReference secret;
    private final HttpTransport transport;
    private final Runnable releaseTransport;
    private final LongSupplier clock;
    private final InstantSource wallClock;
    private final EndpointCounts counts = new EndpointCounts();
    private final WaitingLog waitingLog = new WaitingLog(LOG::warn);

    @GuardedBy("this")
    private final EndpointQueue queue = new EndpointQueue();

    @GuardedBy("this")
    private final Set<EndpointCall<?>> inFlight = new HashSet<>();

    @GuardedBy("this")
    private final Pace pace;

    @GuardedBy("this")
    private String key;

    /** Null after an answer. */
    @GuardedBy("this")
    private @Nullable EndpointFailure lastFailure;

    @GuardedBy("this")
    private long wakeAt = Long.MAX_VALUE;

    @GuardedBy("this")
    private boolean closed;

    /**
     * Reads the key.
     *
     * @param clock in nanoseconds, on which deadlines are
     * @param wallClock for points in time that an endpoint names
     */
    Gate(EndpointSpec spec, SharedModels.Use<HttpTransport> transport, LongSupplier clock, InstantSource wallClock)
            throws ModelException {
        this.secret = spec.key();
        this.key = secret == null ? "" : secret.read();
        this.transport = transport.model();
        this.releaseTransport = transport.release();
        this.clock = clock;
        this.wallClock = wallClock;
        this.pace = new Pace(spec.limits(), clock.getAsLong());
    }

    synchronized void tighten(EndpointLimits limits) {
        pace.tighten(limits);
    }

    long now() {
        return clock.getAsLong();
    }

    /** Runs the task after some time unless the gate is closed by then. */
    void after(Duration time, Runnable task) {
        Runnable unused = transport.after(time.toNanos(), task);
    }

    /** Queues a call; its future fails where there is no time for it. */
    void submit(EndpointCall<?> call) {
        InferenceException rejection;
        synchronized (this) {
            call.askedAt = now();
            rejection = rejection(call);
            if (rejection == null) {
                queue.addLast(call);
            }
        }
        if (rejection != null) {
            call.result.completeExceptionally(rejection);
            return;
        }
        if (call.deadlineNanos != Long.MAX_VALUE) {
            Runnable forget = transport.after(call.left(now()), () -> expire(call));
            CompletableFuture<?> unused = call.result.whenComplete((value, failure) -> forget.run());
        }
        pump();
    }

    @GuardedBy("this")
    private @Nullable InferenceException rejection(EndpointCall<?> call) {
        if (closed) {
            return closedException(call);
        }
        if (call.urgency == Urgency.DOCUMENT) {
            return null;
        }
        InferenceException hopeless = hopeless(call);
        long now = now();
        return hopeless == null && pace.expectedWait(now, call.tokens, queue.queries()) > call.left(now)
                ? call.tooMuchWaits()
                : hopeless;
    }

    /** Returns why a query is not to wait for the end of a pause, or null. */
    @GuardedBy("this")
    private @Nullable InferenceException hopeless(EndpointCall<?> call) {
        long now = now();
        long paused = pace.pausedFor(now);
        if (lastFailure == null || paused == 0) {
            return null;
        }
        boolean away = lastFailure.kind() == Kind.FAULT && pace.refusals() >= AWAY;
        boolean refusing = lastFailure.kind() == Kind.KEY || lastFailure.kind() == Kind.SETUP;
        return away || refusing || paused > call.left(now) ? lastFailure.exception(call.spec) : null;
    }

    private void expire(EndpointCall<?> call) {
        if (call.result.completeExceptionally(call.late())) {
            counts.failed("deadline");
            abandon(call);
            pump(); // it may have been the first that waits
        }
    }

    /** Gives up the attempt that is under way, if there is one. */
    private void abandon(EndpointCall<?> call) {
        CompletableFuture<?> open;
        synchronized (this) {
            open = call.exchange;
        }
        if (open != null) {
            open.cancel(true);
        }
    }

    /** Sends what may be sent. */
    private void pump() {
        for (EndpointCall<?> call = next(); call != null; call = next()) {
            send(call);
        }
    }

    private synchronized @Nullable EndpointCall<?> next() {
        EndpointCall<?> call = closed ? null : queue.peek();
        if (call == null) {
            return null;
        }
        long now = now();
        long delay = pace.delay(now, call.tokens);
        if (delay == 0) {
            queue.remove(call);
            pace.sent(now, call.tokens);
            counts.sent(call.attempts > 0, now - call.askedAt);
            call.attempts++;
            call.sentAt = now;
            inFlight.add(call);
            return call;
        }
        if (delay != Long.MAX_VALUE && (wakeAt == Long.MAX_VALUE || now + delay - wakeAt < 0)) {
            wakeAt = now + delay;
            Runnable unused = transport.after(delay, this::wake);
        }
        return null;
    }

    private void wake() {
        synchronized (this) {
            wakeAt = Long.MAX_VALUE;
        }
        pump();
    }

    private void send(EndpointCall<?> call) {
        String used;
        synchronized (this) {
            used = key;
        }
        HttpRequest request = HttpTransport.request(call.spec.address(), used)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(call.body))
                .build();
        Duration left = Duration.ofNanos(Math.max(1, call.left(now())));
        Duration timeout = call.spec.requestTimeout().compareTo(left) < 0 ? call.spec.requestTimeout() : left;
        CompletableFuture<HttpResponse<byte[]>> exchange = transport.send(request, timeout);
        synchronized (this) {
            call.exchange = exchange;
        }
        CompletableFuture<?> unused =
                exchange.whenComplete((response, failure) -> ended(call, used, response, failure));
    }

    private <T> void ended(
            EndpointCall<T> call, String used, @Nullable HttpResponse<byte[]> response, @Nullable Throwable thrown) {
        if (call.result.isDone()) {
            synchronized (this) {
                inFlight.remove(call);
                pace.abandoned();
            }
            pump();
            return;
        }
        EndpointFailure failure;
        if (response == null) {
            failure = failure(call, used, thrown);
        } else if (response.statusCode() / 100 != 2) {
            RetryHints hints = RetryHints.of(response.headers(), wallClock.instant());
            failure = EndpointFailure.ofStatus(response.statusCode(), hints, response.body(), used);
        } else {
            failure = answered(call, used, response.body());
        }
        if (failure != null) {
            counts.failed(failure.label());
            failed(call, failure, used);
        }
        pump();
    }

    private static EndpointFailure failure(EndpointCall<?> call, String used, @Nullable Throwable thrown) {
        Throwable cause = thrown == null ? new IllegalStateException("no answer") : InferenceException.causeOf(thrown);
        return EndpointFailure.ofNoAnswer(cause, call.spec, used);
    }

    /** Completes a call, or returns what is wrong with its answer. */
    private <T> @Nullable EndpointFailure answered(EndpointCall<T> call, String used, byte[] body) {
        EndpointAnswer<T> answer;
        try {
            answer = call.read(body);
        } catch (InvalidAnswerException e) {
            return EndpointFailure.ofAnswer(e, used);
        } catch (RuntimeException e) {
            LOG.error("An answer of {} could not be read", call.spec.name(), e);
            return EndpointFailure.ofAnswer(new InvalidAnswerException("could not be read"), used);
        }
        synchronized (this) {
            succeeded(call);
            if (answer.tokens() > 0) {
                pace.correct(now(), answer.tokens() - call.tokens);
            }
        }
        counts.answered(answer, now() - call.sentAt);
        call.result.complete(answer);
        return null;
    }

    @GuardedBy("this")
    private void succeeded(EndpointCall<?> call) {
        inFlight.remove(call);
        pace.answered(now(), call.sentAt);
        lastFailure = null;
    }

    private void failed(EndpointCall<?> call, EndpointFailure failure, String used) {
        String fresh = failure.kind() == Kind.KEY ? readAgain(used) : used;
        List<EndpointCall<?>> told = new ArrayList<>();
        int waiting;
        synchronized (this) {
            if (!fresh.equals(used)) {
                key = fresh; // it was changed: this is no refusal of the new one
                inFlight.remove(call);
                pace.abandoned();
                queue.addFirst(call);
                return;
            }
            if (failure.kind() == Kind.REQUEST) {
                succeeded(call); // the endpoint works
                told.add(call);
            } else {
                refused(call, failure, told);
            }
            waiting = queue.size();
        }
        for (EndpointCall<?> each : told) {
            each.result.completeExceptionally(exception(each, failure));
        }
        if (call.urgency == Urgency.DOCUMENT && !call.result.isDone()) {
            waitingLog.add(call, failure, waiting, now());
        }
    }

    /** Returns what is told to whoever waits for a call that is not sent again. */
    private static InferenceException exception(EndpointCall<?> call, EndpointFailure failure) {
        InferenceException exception = failure.exception(call.spec);
        return call.serverErrors < MOST_SERVER_ERRORS
                ? exception
                : new ServerErrorException(String.valueOf(exception.getMessage()));
    }

    @GuardedBy("this")
    private void refused(EndpointCall<?> call, EndpointFailure failure, List<EndpointCall<?>> told) {
        inFlight.remove(call);
        boolean serverError = failure.label().equals(SERVER_ERROR);
        call.serverErrors += serverError ? 1 : 0;
        boolean mayRetry = call.serverErrors < MOST_SERVER_ERRORS && failure.allowsRetry(call.urgency, call.attempts);
        long named = failure.hints().pause().toNanos();
        if (serverError && call.serverErrors > 1) {
            pace.failedAgain(now(), named, mayRetry);
        } else {
            boolean first = call.attempts == 1 && failure.kind() == Kind.FAULT;
            pace.refused(now(), call.sentAt, named, first);
        }
        lastFailure = failure;
        boolean again = mayRetry && (call.urgency == Urgency.DOCUMENT || hopeless(call) == null);
        if (again && !closed) {
            queue.addFirst(call);
        } else {
            told.add(call);
        }
        for (EndpointCall<?> waiting : queue.waitingQueries()) {
            if (hopeless(waiting) != null) {
                told.add(waiting);
            }
        }
        queue.removeQueries(told);
    }

    private String readAgain(String used) {
        try {
            return secret == null ? used : secret.read();
        } catch (ModelException gone) {
            LOG.warn("{}", gone.getMessage());
            return used;
        }
    }

    private static UnavailableException closedException(EndpointCall<?> call) {
        return new UnavailableException("This use of model " + call.spec.name() + " is closed; open it again.");
    }

    EndpointStats stats() {
        synchronized (this) {
            return counts.stats(queue.size(), pace, now());
        }
    }

    RecentTimes recentTimes() {
        return counts.recentTimes();
    }

    /** Returns the key as it was read last. */
    synchronized String key() {
        return key;
    }

    HttpTransport transport() {
        return transport;
    }

    /** Fails all that waits or is under way. */
    @Override
    public void close() {
        List<EndpointCall<?>> left;
        synchronized (this) {
            closed = true;
            left = queue.clear();
            left.addAll(inFlight);
        }
        for (EndpointCall<?> call : left) {
            call.result.completeExceptionally(closedException(call));
            abandon(call);
        }
        releaseTransport.run();
    }
}
