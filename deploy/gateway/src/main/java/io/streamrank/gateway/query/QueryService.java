// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.codec.CodecException;
import io.streamrank.codec.Limits;
import io.streamrank.codec.QueryCodec;
import io.streamrank.codec.QueryDefaults;
import io.streamrank.event.RawRecord;
import io.streamrank.gateway.query.ConcurrencyLimit.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks the job. It reads each query with the job's own codec first, so that a client learns at once what is wrong, and it
 * admits only as many queries as {@link ConcurrencyLimit} allows. Thread-safe.
 */
public final class QueryService {
    /** Waits for an answer longer than the job may take, as the answer travels through Kafka. */
    public static final Duration GRACE = Duration.ofMillis(250);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final QueryTransport transport;
    private final Limits limits;
    private final QueryCodec codec;
    private final ConcurrencyLimit limit;
    private final Executor executor;
    private final BiConsumer<@Nullable JobAnswer, @Nullable Throwable> listener;

    /**
     * Makes a service.
     *
     * @param executor parses answers, so that the thread that reads replies only reads
     * @param listener hears of each end of a query: the answer, or the failure
     */
    public QueryService(
            QueryTransport transport,
            Limits limits,
            ConcurrencyLimit limit,
            Executor executor,
            BiConsumer<@Nullable JobAnswer, @Nullable Throwable> listener) {
        this.transport = transport;
        this.limits = limits;
        this.codec = new QueryCodec(limits, QueryDefaults.defaults());
        this.limit = limit;
        this.executor = executor;
        this.listener = listener;
    }

    public ConcurrencyLimit limit() {
        return limit;
    }

    /** Refuses at once if there is no room for another query, before anything is parsed. */
    public void requireRoom() {
        if (limit.inFlight() >= limit.limit()) {
            throw overloaded();
        }
    }

    /** Completes the query with an id and its timeout, and checks that the job can read it. */
    public PreparedQuery prepare(ObjectNode query, Duration timeout) {
        UUID id = UUID.randomUUID();
        if (!query.hasNonNull("id")) {
            query.put("id", id.toString());
        }
        query.put("timeout_ms", timeout.toMillis());
        byte[] value = bytes(query);
        if (value.length > limits.recordBytes()) {
            throw new RequestException(
                    Problem.TOO_LARGE,
                    "the query holds %d bytes but at most %d are allowed: send fewer or shorter documents"
                            .formatted(value.length, limits.recordBytes()));
        }
        try {
            RawRecord record = ClientInput.record("queries", null, value);
            return new PreparedQuery(id, value, timeout, codec.decode(record, 0).unknownFields());
        } catch (CodecException invalid) {
            throw ClientInput.refusal(invalid);
        }
    }

    /** Sends the query and returns its answer. The future fails with a {@link RequestException}. */
    public CompletableFuture<JobAnswer> ask(PreparedQuery query) {
        if (!limit.tryAcquire()) {
            throw overloaded();
        }
        CompletableFuture<byte[]> reply;
        try {
            reply = transport.send(query.id(), query.value(), query.timeout().plus(GRACE));
        } catch (RuntimeException failure) {
            reply = CompletableFuture.failedFuture(failure);
        }
        return reply.thenApplyAsync(QueryService::parse, executor).whenComplete((answer, failure) -> {
            limit.release(outcome(answer, failure));
            listener.accept(answer, failure);
        });
    }

    private RequestException overloaded() {
        return new RequestException(
                Problem.OVERLOADED,
                "%d queries are in flight, and more would not be answered in time: try again in a second"
                        .formatted(limit.inFlight()));
    }

    private static Outcome outcome(@Nullable JobAnswer answer, @Nullable Throwable failure) {
        if (answer != null) {
            String reason = answer.degradedReason();
            return "overload".equals(reason) || "timeout".equals(reason) ? Outcome.OVERLOADED : Outcome.ANSWERED;
        }
        return RequestException.isTimeout(failure) ? Outcome.OVERLOADED : Outcome.OTHER;
    }

    private static JobAnswer parse(byte[] reply) {
        JobAnswer answer;
        try {
            answer = JobAnswer.read(reply);
        } catch (IOException noJson) {
            throw new UncheckedIOException("a reply is not JSON", noJson);
        }
        RequestException refusal = answer.refusal();
        if (refusal != null) {
            throw refusal;
        }
        return answer;
    }

    private static byte[] bytes(ObjectNode query) {
        try {
            return JSON.writeValueAsBytes(query);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("a query could not be written as JSON", e);
        }
    }
}
