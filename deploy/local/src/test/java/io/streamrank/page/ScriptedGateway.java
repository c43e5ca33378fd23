// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.codec.Limits;
import io.streamrank.gateway.document.DocumentService;
import io.streamrank.gateway.http.ApiKeys;
import io.streamrank.gateway.http.GatewayHttp;
import io.streamrank.gateway.http.GatewayServices;
import io.streamrank.gateway.http.GatewayStatus;
import io.streamrank.gateway.http.HttpSettings;
import io.streamrank.gateway.metrics.GatewayMetrics;
import io.streamrank.gateway.query.ConcurrencyLimit;
import io.streamrank.gateway.query.JobStatus;
import io.streamrank.gateway.query.QueryService;
import io.streamrank.gateway.query.Timeouts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The gateway's own HTTP server, with a test in place of Kafka and the job. */
final class ScriptedGateway implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final GatewayHttp http;
    private volatile Function<ObjectNode, CompletableFuture<byte[]>> job = query -> new CompletableFuture<>();
    private volatile @Nullable ObjectNode lastQuery;

    /**
     * Starts it.
     *
     * @param key that it asks for, or null for none
     * @param maxInFlight queries at the same time
     */
    ScriptedGateway(@Nullable String key, int maxInFlight) {
        HttpSettings settings = new HttpSettings(
                HttpSettings.LOOPBACK,
                0,
                key == null ? null : new ApiKeys(List.of(key)),
                null,
                false,
                HttpSettings.MAX_BODY_BYTES,
                HttpSettings.MAX_UPLOAD_BYTES,
                Duration.ofSeconds(30),
                100);
        ConcurrencyLimit limit = new ConcurrencyLimit(maxInFlight, System::nanoTime);
        Limits limits = Limits.defaults();
        QueryService queries = new QueryService(
                (id, query, patience) -> answer(query), limits, limit, Runnable::run, (answer, failure) -> {});
        GatewayStatus status = new GatewayStatus(
                "test", () -> true, () -> new JobStatus("builtin:test", "answers", 1L, 2L), limit, limits);
        GatewayServices services = new GatewayServices(
                queries,
                Timeouts.defaults(),
                new DocumentService((documentKey, value) -> CompletableFuture.completedFuture(null), limits),
                status,
                new GatewayMetrics());
        http = GatewayHttp.start(settings, services, System::nanoTime);
    }

    private CompletableFuture<byte[]> answer(byte[] query) {
        try {
            ObjectNode asked = (ObjectNode) JSON.readTree(query);
            lastQuery = asked;
            return job.apply(asked);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String address() {
        return http.address() + "/";
    }

    /** Says what the job does with each query from now on. */
    void job(Function<ObjectNode, CompletableFuture<byte[]>> behaviour) {
        job = behaviour;
    }

    /** Lets the job give this answer. */
    void answers(String json) {
        job = query -> CompletableFuture.completedFuture(json.getBytes(UTF_8));
    }

    void fails(RuntimeException failure) {
        job = query -> CompletableFuture.failedFuture(failure);
    }

    @Nullable
    ObjectNode lastQuery() {
        return lastQuery;
    }

    @Override
    public void close() {
        http.close();
    }
}
