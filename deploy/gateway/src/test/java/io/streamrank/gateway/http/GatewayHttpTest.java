// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import static io.streamrank.gateway.testing.TestGateway.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
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
    private static final String TWO =
            "{\"query\":\"who sank\",\"documents\":[\"The shark bit.\",\"who sank? The ship sank.\"]%s}";

    private TestGateway gateway = new TestGateway();

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void ranksAsCohereDoes() throws Exception {
        JsonNode answer = json(gateway.post("/v2/rerank", TWO.formatted(",\"top_n\":1,\"return_documents\":true")));

        assertThat(answer.path("model").asText()).isEqualTo(FakeJob.MODEL);
        assertThat(answer.path("results")).hasSize(1);
        assertThat(answer.at("/results/0/index").asInt()).isEqualTo(1);
        assertThat(answer.at("/results/0/document/text").asText()).isEqualTo("who sank? The ship sank.");
        assertThat(answer.at("/meta/api_version/version").asText()).isEqualTo("2");
        assertThat(answer.at("/usage/total_tokens").asLong()).isEqualTo(14);
        assertThat(gateway.job.asked().get(0).topN()).isEqualTo(2);
        assertThat(gateway.job.asked().get(0).returnDocuments()).isFalse();
        assertThat(gateway.job.asked().get(0).timeoutMs()).isEqualTo(4_000);
    }

    @Test
    void noTopNMeansAllAndNoDocumentIsSentBackUnasked() throws Exception {
        for (String topN : List.of("", ",\"top_n\":null", ",\"top_n\":0", ",\"top_n\":99")) {
            JsonNode answer = json(gateway.post("/v1/rerank", TWO.formatted(topN)));

            assertThat(answer.path("results")).as(topN).hasSize(2);
            assertThat(answer.at("/results/0").has("document")).isFalse();
            assertThat(answer.at("/meta/api_version/version").asText()).isEqualTo("1");
        }
    }

    @Test
    void aDocumentWithoutTextHasTheScoreZeroAndComesLast() throws Exception {
        JsonNode answer = json(gateway.post(
                "/rerank", "{\"query\":\"who sank\",\"documents\":[null,\"\",{\"image\":null},\"a ship sank\"]}"));

        assertThat(answer.path("results")).hasSize(4);
        assertThat(answer.at("/results/0/index").asInt()).isEqualTo(3);
        for (int i = 1; i < 4; i++) {
            assertThat(answer.at("/results/" + i + "/relevance_score").asDouble(-1))
                    .isZero();
        }
    }

    @Test
    void objectsAreRankedByRankFieldsElseTextElseAllMembers() throws Exception {
        String documents = "[{\"text\":\"a\",\"title\":\"b\"},{\"title\":\"c\",\"year\":1995},\"d\"]";
        gateway.post("/v1/rerank", "{\"query\":\"q\",\"documents\":" + documents + "}");
        gateway.post("/v1/rerank", "{\"query\":\"q\",\"rank_fields\":[\"title\"],\"documents\":" + documents + "}");

        assertThat(texts(0)).containsExactly("a", "c\n1995", "d");
        assertThat(texts(1)).containsExactly("b", "c", "d");
    }

    private List<String> texts(int query) {
        return gateway.job.asked().get(query).documents().stream()
                .map(document -> document.fields().get(0).text())
                .toList();
    }

    @Test
    void anObjectComesBackAsItWas() throws Exception {
        JsonNode answer = json(gateway.post(
                "/v1/rerank",
                "{\"query\":\"q\",\"return_documents\":true,\"documents\":[{\"title\":\"c\",\"year\":1995}]}"));

        assertThat(answer.at("/results/0/document").toString()).isEqualTo("{\"title\":\"c\",\"year\":1995}");
    }

    @Test
    void ranksAsTextEmbeddingsInferenceDoesWhenTheBodyHasTexts() throws Exception {
        JsonNode answer = json(gateway.post(
                "/rerank",
                "{\"query\":\"who sank\",\"texts\":[\"none\",\"who sank\"],\"raw_scores\":true,\"return_text\":true}"));

        assertThat(answer.isArray()).isTrue();
        assertThat(answer).hasSize(2);
        assertThat(answer.at("/0/index").asInt()).isEqualTo(1);
        assertThat(answer.at("/0/text").asText()).isEqualTo("who sank");
        assertThat(answer.at("/1/score").asDouble()).isNegative();
        assertThat(gateway.job.asked().get(0).returnLogits()).isTrue();
    }

    @Test
    void ranksAsVoyageDoes() throws Exception {
        JsonNode answer = json(gateway.post(
                "/voyage/v1/rerank", TWO.formatted(",\"top_k\":1,\"return_documents\":true,\"truncation\":true")));

        assertThat(answer.path("data")).hasSize(1);
        assertThat(answer.at("/data/0/document").asText()).isEqualTo("who sank? The ship sank.");
        assertThat(answer.at("/usage/total_tokens").asLong()).isEqualTo(14);
    }

    @Test
    void errorsHaveTheFormOfTheirApi() throws Exception {
        JsonNode error = json(gateway.post("/v2/rerank", "{\"documents\":[]}"));
        assertThat(error.path("message").asText()).isEqualTo("query is missing: it must say what to rank by");
        assertThat(error.path("detail").asText())
                .isEqualTo(error.path("message").asText());
        assertThat(error.at("/error/type").asText()).isEqualTo("invalid_request");
        assertThat(error.at("/error/code").asText()).isEqualTo("missing-field");

        JsonNode tei = json(gateway.post("/rerank", "{\"texts\":[]}"));
        assertThat(tei.toString())
                .isEqualTo(
                        "{\"error\":\"query is missing: it must say what to rank by\",\"error_type\":\"validation\"}");
    }

    @Test
    void errorsOfVoyagesPathHaveNoMemberThatItsClientFailsOn() throws Exception {
        JsonNode wrong = json(gateway.post("/voyage/v1/rerank", "{}"));
        assertThat(wrong.path("detail").asText()).isEqualTo("query is missing: it must say what to rank by");
        assertThat(wrong.has("error")).isFalse();
        assertThat(json(gateway.post("/voyage/v1/rerank", "no json")).has("error"))
                .isFalse();
        assertThat(json(gateway.post("/voyage/v1/embeddings", "{}")).has("error"))
                .isFalse();
    }

    @Test
    void wrongRequestsAreRefusedWithTheReason() throws Exception {
        assertRefused("/v2/rerank", "nothing", 400, "the body ");
        assertRefused("/v2/rerank", "[]", 400, "the body must be a JSON object but is another JSON value");
        assertRefused("/v2/rerank", "{\"query\":\"q\"}", 400, "documents must be an array but is missing");
        assertRefused(
                "/v2/rerank",
                "{\"query\":\" \",\"documents\":[]}",
                400,
                "query must be a text that is not blank but is \" \"");
        assertRefused(
                "/v2/rerank",
                "{\"query\":\"q\",\"documents\":[1]}",
                400,
                "documents[0] must be a text or an object but is 1");
        assertRefused(
                "/v2/rerank", TWO.formatted(",\"top_n\":-1"), 400, "top_n must be a whole number from 0 but is -1");
        assertRefused(
                "/v2/rerank",
                TWO.formatted(",\"return_documents\":1"),
                400,
                "return_documents must be true or false but is 1");
        assertRefused(
                "/v1/rerank", TWO.formatted(",\"rank_fields\":[1]"), 400, "rank_fields[0] must be a text but is 1");
        assertRefused(
                "/v1/search",
                "{\"query\":\"q\",\"candidates\":0}",
                400,
                "candidates must be a whole number in [1, 1000] but is the number 0");
        assertRefused(
                "/v2/rerank",
                "{\"query\":\"" + "q".repeat(9_000) + "\",\"documents\":[\"a\"]}",
                400,
                "query holds 9000 characters but at most 8192 are allowed");
        assertThat(gateway.job.asked()).isEmpty();
    }

    private void assertRefused(String path, String body, int status, String message) throws Exception {
        HttpResponse<String> response = gateway.post(path, body);
        assertThat(response.statusCode()).as(body).isEqualTo(status);
        assertThat(json(response).path("message").asText()).startsWith(message);
    }

    @Test
    void aDegradedAnswerNeverPassesAsScores() throws Exception {
        HttpResponse<String> overload = degraded("overload");
        assertThat(overload.statusCode()).isEqualTo(429);
        assertThat(overload.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(overload.headers().firstValue("x-ratelimit-remaining")).hasValue("0");
        assertThat(overload.headers().firstValue("x-ratelimit-limit")).isPresent();
        assertThat(degraded("timeout").statusCode()).isEqualTo(504);
        assertThat(degraded("model_error").statusCode()).isEqualTo(500);
        assertThat(degraded("silent").statusCode()).isEqualTo(504);
        assertThat(degraded("broken").statusCode()).isEqualTo(503);
        assertThat(degraded("defect").statusCode()).isEqualTo(500);
    }

    private HttpResponse<String> degraded(String query) throws Exception {
        HttpResponse<String> response =
                gateway.post("/v2/rerank", "{\"query\":\"" + query + "\",\"documents\":[\"a\"]}");
        assertThat(json(response).has("results")).isFalse();
        return response;
    }

    @Test
    void theNativePathSaysThatAnAnswerIsDegraded() throws Exception {
        HttpResponse<String> response = gateway.post("/v1/search", "{\"query\":\"overload\",\"timeout\":1.5}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(json(response).path("degraded_reason").asText()).isEqualTo("overload");
        assertThat(gateway.job.asked().get(0).timeoutMs()).isEqualTo(1_500);
    }

    @Test
    void theNativePathNamesWhatItDidNotUse() throws Exception {
        JsonNode answer = json(gateway.post("/v1/search", "{\"id\":\"q-1\",\"query\":\"toys\",\"topn\":3}"));

        assertThat(answer.path("id").asText()).isEqualTo("q-1");
        assertThat(answer.path("warnings").toString()).isEqualTo("[\"topn is unknown and was not used\"]");
        assertThat(json(gateway.post("/v1/search", "{\"query\":\"toys\"}")).has("warnings"))
                .isFalse();
    }

    @Test
    void moreQueriesThanTheLimitAreRefusedAtOnce() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            waiting.add(gateway.postLater("/v2/rerank", "{\"query\":\"wait\",\"documents\":[\"a\"]}"));
        }
        await().until(() -> gateway.job.waiting() == 16);

        HttpResponse<String> refused = gateway.post("/v2/rerank", TWO.formatted(""));
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(json(refused).path("message").asText())
                .isEqualTo("16 queries are in flight, and more would not be answered in time: try again in a second");

        gateway.job.answerAll();
        for (CompletableFuture<HttpResponse<String>> answer : waiting) {
            assertThat(answer.get().statusCode()).isEqualTo(200);
        }
        assertThat(gateway.post("/v2/rerank", TWO.formatted("")).statusCode()).isEqualTo(200);
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

        HttpResponse<String> response = gateway.post("/v2/rerank", TWO.formatted(""));

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
        String body = TWO.formatted("");

        assertThat(gateway.post("/v2/rerank", body).statusCode()).isEqualTo(401);
        assertThat(gateway.post("/v2/rerank", body).headers().firstValue("WWW-Authenticate"))
                .hasValue("Bearer");
        assertThat(gateway.post("/v2/rerank", body, "Authorization", "Bearer secret")
                        .statusCode())
                .isEqualTo(401);
        assertThat(gateway.post("/v2/rerank", body, "Authorization", "Bearer writer")
                        .statusCode())
                .isEqualTo(401);
        assertThat(gateway.post("/v2/rerank", body, "Authorization", "bearer secret-2")
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
        assertThat(raw("evil.example")).startsWith("HTTP/1.1 403");
        assertThat(raw("localhost:1234")).startsWith("HTTP/1.1 200");
    }

    private String raw(String host) throws Exception {
        URI address = URI.create(gateway.url());
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(("GET /health HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void nobodyWritesDocumentsWithoutAKeyOfTheirOwn() throws Exception {
        assertThat(gateway.post("/v1/documents", "[]").statusCode()).isEqualTo(403);
        assertThat(gateway.delete("/v1/documents/a").statusCode()).isEqualTo(403);
        assertThat(gateway.documents).isEmpty();
    }

    @Test
    void documentsAreWrittenAndTheWrongOnesListed() throws Exception {
        gateway.close();
        gateway = new TestGateway(settingsForWriters(), 16);

        HttpResponse<String> lines = gateway.post(
                "/v1/documents",
                "{\"id\":1,\"title\":\"a\"}\n\n{\"title\":\"no id\"}\n{\"id\":\"x/y\",\"collection\":\"c\",\"title\":\"b\",\"year\":1}\nnot json\n",
                "Content-Type",
                "application/x-ndjson; charset=utf-8");

        assertThat(lines.statusCode()).isEqualTo(202);
        assertThat(json(lines).path("accepted").asInt()).isEqualTo(2);
        assertThat(json(lines).path("rejected").asInt()).isEqualTo(2);
        assertThat(json(lines).at("/errors/0/line").asInt()).isEqualTo(3);
        assertThat(json(lines).at("/errors/0/code").asText()).isEqualTo("missing-field");
        assertThat(json(lines).at("/errors/1/line").asInt()).isEqualTo(5);
        assertThat(gateway.documents)
                .containsExactly(
                        "1={\"id\":\"1\",\"collection\":\"default\",\"fields\":{\"title\":\"a\"}}",
                        "c/x/y={\"id\":\"x/y\",\"collection\":\"c\",\"fields\":{\"title\":\"b\"},\"metadata\":{\"year\":1}}");

        HttpResponse<String> array = gateway.post("/v1/documents", "[{\"id\":2}]");
        assertThat(array.statusCode()).isEqualTo(400);
        assertThat(json(array).at("/errors/0/index").asInt(-1)).isZero();
        assertThat(gateway.post("/v1/documents", "[]", "Content-Type", "text/plain")
                        .statusCode())
                .isEqualTo(415);
    }

    @Test
    void aDeleteIsAnEmptyRecord() throws Exception {
        gateway.close();
        gateway = new TestGateway(settingsForWriters(), 16);

        assertThat(gateway.delete("/v1/documents/a%20b?collection=movies").statusCode())
                .isEqualTo(202);
        assertThat(gateway.delete("/v1/documents/17").statusCode()).isEqualTo(202);
        assertThat(gateway.delete("/v1/documents/a?collection=b/c").statusCode())
                .isEqualTo(400);

        assertThat(gateway.documents).containsExactly("movies/a b=null", "17=null");
    }

    private static HttpSettings settingsForWriters() {
        return new HttpSettings("127.0.0.1", 0, null, null, true, 1 << 20, 1 << 20, HttpSettings.BODY_TIMEOUT, 100);
    }

    @Test
    void tellsHowItIs() throws Exception {
        assertThat(json(gateway.get("/health")).path("job").asText()).isEqualTo("unknown");
        gateway.post("/v2/rerank", TWO.formatted(""));

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
        gateway.post("/v2/rerank", TWO.formatted(""));
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
        HttpResponse<String> response = gateway.post("/v2/rerank", TWO.formatted(""), "Origin", "https://evil.example");

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
