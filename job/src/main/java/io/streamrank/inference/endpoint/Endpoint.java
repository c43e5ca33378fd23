// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.stats.EndpointStats;
import io.streamrank.inference.stats.RecentTimes;
import io.streamrank.inference.workers.SharedModels;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * Is one use of an endpoint. All who use the same address with the same key in a JVM share one gate: its limits are the
 * strictest of theirs. Thread-safe.
 */
public final class Endpoint implements AutoCloseable {
    private static final SharedModels<Gate> SHARED = new SharedModels<>();

    private final EndpointSpec spec;
    private final SharedModels.Use<Gate> use;

    private Endpoint(EndpointSpec spec, SharedModels.Use<Gate> use) {
        this.spec = spec;
        this.use = use;
    }

    /** Opens an endpoint, without asking it anything; throws where the key is not there. */
    public static Endpoint open(EndpointSpec spec) throws ModelException {
        return open(spec, System::nanoTime, Clock.systemUTC());
    }

    static Endpoint open(EndpointSpec spec, LongSupplier clock, InstantSource wallClock) throws ModelException {
        SharedModels.Use<Gate> use = SHARED.open(spec.address() + " " + spec.key(), () -> {
            SharedModels.Use<HttpTransport> transport = HttpTransport.share();
            try {
                return new Gate(spec, transport, clock, wallClock);
            } catch (ModelException e) {
                transport.release().run();
                throw e;
            }
        });
        use.model().tighten(spec.limits());
        return new Endpoint(spec, use);
    }

    public EndpointSpec spec() {
        return spec;
    }

    /** Returns the time on the clock that deadlines are measured by. */
    public long now() {
        return use.model().now();
    }

    /** Runs the task after some time, on a thread that must not be blocked. */
    public void after(Duration time, Runnable task) {
        use.model().after(time, task);
    }

    /**
     * Sends a request when its turn comes, and again where that may help.
     *
     * @param body JSON; owned by the endpoint from now on
     * @param tokens an estimate of what the provider will count
     * @param deadlineNanos on {@link #now}'s clock; {@link Long#MAX_VALUE} for none
     * @return fails with an {@link InferenceException}: {@link RefusedException} for what is in the request, {@link
     *     SetupException} for key, name or account, {@link ServerErrorException} for status 500 several times; a document's only
     *     with the first or the last, or once the endpoint is closed. Completes on a thread that must not be blocked
     */
    public <T> CompletableFuture<EndpointAnswer<T>> post(
            byte[] body, long tokens, Urgency urgency, long deadlineNanos, EndpointAnswer.Reader<T> reader) {
        EndpointCall<T> call = new EndpointCall<>(spec, body, tokens, urgency, deadlineNanos, reader);
        use.model().submit(call);
        return call.result;
    }

    /** Reads another address of the same server, once and beside the gate; fails where that is not possible. */
    public CompletableFuture<byte[]> get(URI address) {
        Gate gate = use.model();
        String key = gate.key();
        HttpRequest request = HttpTransport.request(address, key).GET().build();
        return gate.transport()
                .send(request, spec.requestTimeout())
                .exceptionallyCompose(thrown -> CompletableFuture.failedFuture(
                        EndpointFailure.ofNoAnswer(InferenceException.causeOf(thrown), spec, key)
                                .exception(spec, address)))
                .thenCompose(response -> {
                    if (response.statusCode() == 200) {
                        return CompletableFuture.completedFuture(response.body());
                    }
                    EndpointFailure failure =
                            EndpointFailure.ofStatus(response.statusCode(), RetryHints.NONE, response.body(), key);
                    return CompletableFuture.failedFuture(failure.exception(spec, address));
                });
    }

    /** Returns how long the last requests took and waited, over all who share the gate. */
    public RecentTimes recentTimes() {
        return use.model().recentTimes();
    }

    /** Returns what was done, over all who share the gate. */
    public EndpointStats stats() {
        return use.model().stats();
    }

    @Override
    public void close() {
        use.release().run();
    }
}
