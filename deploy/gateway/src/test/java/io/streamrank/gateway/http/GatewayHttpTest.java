// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import static io.streamrank.gateway.testing.TestGateway.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streamrank.gateway.query.GatewayInputException;
import io.streamrank.gateway.query.GatewayStartException;
import io.streamrank.gateway.testing.FakeJob;
import io.streamrank.gateway.testing.TestGateway;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatewayHttpTest {
    private static final String HEALTH = "GET /health HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n";
    private static final String QUERY = RankingRoutesTest.TWO.formatted("");

    private TestGateway gateway = new TestGateway();

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void moreQueriesThanTheLimitAreRefusedAtOnce() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            waiting.add(gateway.postLater("/v2/rerank", "{\"query\":\"wait\",\"documents\":[\"a\"]}"));
        }
        await().until(() -> gateway.job.waiting() == 16);

        HttpResponse<String> refused = gateway.post("/v2/rerank", QUERY);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(json(refused).path("message").asText())
                .isEqualTo("16 queries are in flight, and more would not be answered in time: try again in a second");

        gateway.job.answerAll();
        for (CompletableFuture<HttpResponse<String>> answer : waiting) {
            assertThat(answer.get().statusCode()).isEqualTo(200);
        }
        assertThat(gateway.post("/v2/rerank", QUERY).statusCode()).isEqualTo(200);
    }

    @Test
    void largeBodiesAreRefusedBeforeTheyAreParsed() throws Exception {
        String large = "x".repeat((1 << 20) + 1);
        HttpResponse<String> response = gateway.post("/v2/rerank", large);

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(json(response).path("message").asText())
                .isEqualTo("the body holds more than 1048576 bytes: send fewer or shorter documents");
        assertThat(gateway.post("/v2/rerank", "{}", "Content-Encoding", "gzip").statusCode())
                .isEqualTo(415);
    }

    @Test
    void largeHeadersAreRefused() throws Exception {
        assertThat(gateway.get("/health", "X-Large", "x".repeat(20_000)).statusCode())
                .isEqualTo(431);
    }

    @Test
    void aBodyThatDoesNotComeIsNotWaitedForForever() throws Exception {
        gateway.close();
        gateway = new TestGateway(
                new HttpSettings("127.0.0.1", 0, null, null, false, 1 << 20, 1 << 20, Duration.ofNanos(1), 100), 16);

        HttpResponse<String> response = gateway.post("/v2/rerank", QUERY);

        assertThat(response.statusCode()).isEqualTo(408);
    }

    @Test
    void keysAreAskedFor(@TempDir Path folder) throws Exception {
        Path keys = Files.writeString(folder.resolve("keys"), "# ours\n\nsecret-1\n secret-2 \n");
        Path documents = Files.writeString(folder.resolve("documents"), "writer\n");
        gateway.close();
        gateway = new TestGateway(
                new HttpSettings(
                        "0.0.0.0",
                        0,
                        ApiKeys.read(keys),
                        ApiKeys.read(documents),
                        false,
                        1 << 20,
                        1 << 20,
                        HttpSettings.BODY_TIMEOUT,
                        100),
                16);

        assertThat(gateway.post("/v2/rerank", QUERY).statusCode()).isEqualTo(401);
        assertThat(gateway.post("/v2/rerank", QUERY).headers().firstValue("WWW-Authenticate"))
                .hasValue("Bearer");
        assertThat(gateway.post("/v2/rerank", QUERY, "Authorization", "Bearer secret")
                        .statusCode())
                .isEqualTo(401);
        assertThat(gateway.post("/v2/rerank", QUERY, "Authorization", "Bearer writer")
                        .statusCode())
                .isEqualTo(401);
        assertThat(gateway.post("/v2/rerank", QUERY, "Authorization", "bearer secret-2")
                        .statusCode())
                .isEqualTo(200);
        assertThat(gateway.get("/v1/models").statusCode()).isEqualTo(401);
        assertThat(gateway.post("/v1/documents", "[]", "Authorization", "Bearer secret-1")
                        .statusCode())
                .isEqualTo(401);
        assertThat(gateway.post("/v1/documents", "[]", "Authorization", "Bearer writer")
                        .statusCode())
                .isEqualTo(202);
        assertThat(gateway.get("/health").statusCode()).isEqualTo(200);
    }

    @Test
    void anotherAddressNeedsKeysOrTheWordThatNoneAreNeeded(@TempDir Path folder) throws Exception {
        assertThatThrownBy(() -> settings("0.0.0.0", false))
                .isInstanceOf(GatewayInputException.class)
                .hasMessage(
                        "the gateway would serve everyone who reaches 0.0.0.0: give --api-keys-file, or --no-auth if something in front of it checks");
        assertThat(settings("0.0.0.0", true).open()).isTrue();
        assertThat(settings("::1", false).trustsLoopback()).isTrue();
        Path empty = Files.writeString(folder.resolve("keys"), "# none\n");
        assertThatThrownBy(() -> ApiKeys.read(empty)).hasMessage(empty + " holds no API key: write one key a line");
    }

    private static HttpSettings settings(String host, boolean open) {
        return new HttpSettings(host, 0, null, null, open, 1, 1, HttpSettings.BODY_TIMEOUT, 1);
    }

    @Test
    void withoutKeysOnlyNamesOfThisMachineAreAnswered() throws Exception {
        assertThat(raw(HEALTH.formatted("evil.example"))).startsWith("HTTP/1.1 403");
        assertThat(raw(HEALTH.formatted("localhost:1234"))).startsWith("HTTP/1.1 200");
    }

    /** Sends the text, and returns what came until the connection ended. */
    private String raw(String request) throws Exception {
        URI address = URI.create(gateway.url());
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A client that is not told sends its next request on a connection that is no more. */
    @Test
    void tellsThatTheConnectionEndsWhereItDidNotReadTheBody() throws Exception {
        String headers = "Host: localhost\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n";

        assertThat(raw("POST /v1/documents HTTP/1.1\r\n" + headers))
                .startsWith("HTTP/1.1 403")
                .containsIgnoringCase("Connection: close");
        assertThat(raw("POST /health HTTP/1.1\r\n" + headers))
                .startsWith("HTTP/1.1 405")
                .containsIgnoringCase("Connection: close");
    }

    @Test
    void tellsHowItIs() throws Exception {
        assertThat(json(gateway.get("/health")).path("job").asText()).isEqualTo("unknown");
        gateway.post("/v2/rerank", QUERY);

        assertThat(json(gateway.get("/health")).path("job").asText()).isEqualTo("answers");
        assertThat(json(gateway.get("/health")).path("model").asText()).isEqualTo(FakeJob.MODEL);
        assertThat(json(gateway.get("/v1/models")).at("/data/0/id").asText()).isEqualTo(FakeJob.MODEL);
        assertThat(json(gateway.get("/info")).path("max_client_batch_size").asInt())
                .isEqualTo(1_000);

        gateway.connected.set(false);
        assertThat(gateway.get("/health").statusCode()).isEqualTo(503);
    }

    @Test
    void countsRequestsForPrometheus() throws Exception {
        gateway.post("/v2/rerank", QUERY);
        gateway.post("/v2/rerank", "{}");

        await().untilAsserted(() -> assertThat(gateway.get("/metrics").body())
                .contains(
                        "# TYPE streamrank_gateway_requests_total counter",
                        "streamrank_gateway_requests_total{route=\"/v2/rerank\",status=\"200\"} 1\n",
                        "streamrank_gateway_requests_total{route=\"/v2/rerank\",status=\"400\"} 1\n",
                        "streamrank_gateway_request_duration_seconds_bucket{route=\"/v2/rerank\",le=\"+Inf\"} 2\n",
                        "streamrank_gateway_request_duration_seconds_count{route=\"/v2/rerank\"} 2\n"));
    }

    @Test
    void servesThePageAndTheDocumentationWithoutForeignResources() throws Exception {
        HttpResponse<String> page = gateway.get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Security-Policy")).hasValue(Routes.PAGE_POLICY);
        assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");

        assertThat(gateway.get("/docs").body())
                .contains("/docs/swagger-ui-bundle.js")
                .doesNotContain("http");
        for (String file : List.of("swagger-ui.css", "swagger-ui-bundle.js", "docs.js")) {
            assertThat(gateway.get("/docs/" + file).statusCode()).as(file).isEqualTo(200);
        }
        assertThat(json(gateway.get("/openapi.json")).path("openapi").asText()).isEqualTo("3.1.0");
    }

    @Test
    void nothingElseIsServed() throws Exception {
        for (String path : List.of(
                "/nothing", "/page.exe", "/..%2Fopenapi.yaml", "/docs/package.json", "/a/b", "/%2e%2e/openapi.yaml")) {
            HttpResponse<String> response = gateway.get(path);
            assertThat(response.statusCode()).as(path).isIn(400, 404);
        }
        assertThat(gateway.get("/v2/rerank").statusCode()).isEqualTo(405);
        assertThat(json(gateway.get("/v2/rerank")).at("/error/type").asText()).isEqualTo("method_not_allowed");
    }

    @Test
    void answersNoOtherOrigin() throws Exception {
        HttpResponse<String> response = gateway.post("/v2/rerank", QUERY, "Origin", "https://evil.example");

        assertThat(response.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control-"));
        assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(response.headers().firstValue("Server")).isEmpty();
    }

    @Test
    void aTakenPortIsToldInOneSentence() {
        int port = URI.create(gateway.url()).getPort();
        assertThatThrownBy(() -> new TestGateway(HttpSettings.local(port), 1))
                .isInstanceOf(GatewayStartException.class)
                .hasMessageContaining("the gateway cannot listen at 127.0.0.1:" + port);
    }
}
