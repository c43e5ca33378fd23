// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamrank.codec.Limits;
import io.streamrank.gateway.document.DocumentService;
import io.streamrank.gateway.http.GatewayHttp;
import io.streamrank.gateway.http.GatewayServices;
import io.streamrank.gateway.http.GatewayStatus;
import io.streamrank.gateway.http.HttpSettings;
import io.streamrank.gateway.metrics.GatewayMetrics;
import io.streamrank.gateway.query.ConcurrencyLimit;
import io.streamrank.gateway.query.JobMonitor;
import io.streamrank.gateway.query.QueryService;
import io.streamrank.gateway.query.Timeouts;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;

/** Runs the gateway's HTTP side in front of a {@link FakeJob}, and asks it. */
public final class TestGateway implements AutoCloseable {
    public static final ObjectMapper JSON = new ObjectMapper();

    public final FakeJob job = new FakeJob();
    /** Holds {@code key=value} of each document that was written; a delete has the value null. */
    public final List<String> documents = new ArrayList<>();

    public final AtomicBoolean connected = new AtomicBoolean(true);
    private final JobMonitor monitor = new JobMonitor(job, System::nanoTime);
    private final GatewayHttp http;
    private final HttpClient client = HttpClient.newHttpClient();

    public TestGateway() {
        this(HttpSettings.local(0), 16);
    }

    public TestGateway(HttpSettings settings, int maxInFlight) {
        ConcurrencyLimit limit = new ConcurrencyLimit(maxInFlight, System::nanoTime);
        QueryService queries =
                new QueryService(job, Limits.defaults(), limit, ForkJoinPool.commonPool(), monitor::ended);
        DocumentService uploads = new DocumentService(
                (key, value) -> {
                    documents.add(new String(key, StandardCharsets.UTF_8) + "="
                            + (value == null ? "null" : new String(value, StandardCharsets.UTF_8)));
                    return CompletableFuture.completedFuture(null);
                },
                Limits.defaults());
        GatewayServices services = new GatewayServices(
                queries,
                Timeouts.defaults(),
                uploads,
                new GatewayStatus("test", connected::get, monitor::status, limit, Limits.defaults()),
                new GatewayMetrics());
        http = GatewayHttp.start(settings, services, System::nanoTime);
    }

    /** Starts one that everyone may write documents to. */
    public static TestGateway open() {
        HttpSettings everyone = new HttpSettings(
                HttpSettings.LOOPBACK, 0, null, null, true, 1 << 20, 1 << 20, HttpSettings.BODY_TIMEOUT, 100);
        return new TestGateway(everyone, 16);
    }

    /** Returns the base URL without a slash at the end. */
    public String url() {
        return http.address().toString();
    }

    public HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(http.address().resolve(path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
        return send(request, headers);
    }

    public HttpResponse<String> get(String path, String... headers) throws Exception {
        return send(HttpRequest.newBuilder(http.address().resolve(path)), headers);
    }

    public HttpResponse<String> delete(String path, String... headers) throws Exception {
        return send(HttpRequest.newBuilder(http.address().resolve(path)).DELETE(), headers);
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String... headers) throws Exception {
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    public CompletableFuture<HttpResponse<String>> postLater(String path, String body) {
        return client.sendAsync(
                HttpRequest.newBuilder(http.address().resolve(path))
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    public static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    /** Ends in the background, as Jetty gives idle connections a second to go. */
    @Override
    public void close() {
        Thread end = new Thread(http::close, "end-of-" + url());
        end.setDaemon(true);
        end.start();
        monitor.close();
    }
}
