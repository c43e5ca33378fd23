// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import static io.streamrank.testing.FaultServer.answer;
import static io.streamrank.testing.FaultServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.streamrank.inference.model.ItemFailedException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelOutOfReachException;
import io.streamrank.inference.model.TextRole;
import io.streamrank.inference.service.TextEmbedder;
import io.streamrank.testing.FaultServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostedEmbedderTest extends HostedModelFixture {
    @Test
    void aServerWithAModelOfAnotherTypeIsRefused() {
        server.otherwise(status(200, TEI_RERANKER));
        String uri = "tei:" + server.address();
        assertThatThrownBy(() -> embedder(uri, null, null))
                .isInstanceOf(ModelException.class)
                .hasMessage(uri + " serves BAAI/bge-reranker@abc, which is of the type reranker and not embedding; name"
                        + " another server.");
    }

    @Test
    void anEmbedderAsksForBytesAndTakesNumbersWhereThoseAreRefused() throws Exception {
        server.otherwise((exchange, body) -> (body.has("encoding_format")
                        ? status(400, "{\"error\":{\"message\":\"unknown field encoding_format\"}}")
                        : answer(FaultServer::vectorsByLength))
                .to(exchange, body));
        try (TextEmbedder embedder = embedder("openai:e", server.address(), null)) {
            assertThat(embedder.dimension()).isEqualTo(2);
            assertThat(get(embedder.embed("aaa", TextRole.QUERY, NEVER)))
                    .containsExactly(
                            new float[] {(float) (3 / Math.sqrt(10)), (float) (1 / Math.sqrt(10))}, within(1e-6f));
            assertThat(last().body().path("input").toString()).isEqualTo("[\"aaa\"]");
        }
    }

    @Test
    void documentsShareRequestsAndQueriesDoNotWaitForThem() throws Exception {
        server.otherwise(answer(FaultServer::vectorsByLength));
        try (TextEmbedder embedder = embedder("openai:e", server.address(), null)) {
            List<CompletableFuture<float[]>> vectors = IntStream.range(0, 600)
                    .mapToObj(i -> embedder.embed("x".repeat(1 + i % 7), TextRole.PASSAGE, NEVER))
                    .toList();
            for (int i = 0; i < vectors.size(); i++) {
                double length = 1 + i % 7;
                assertThat(get(vectors.get(i))[0])
                        .isCloseTo((float) (length / Math.sqrt(length * length + 1)), within(1e-6f));
            }
            List<Integer> sizes = server.received().stream()
                    .map(request -> request.body().path("input").size())
                    .toList();
            // How many documents come while one waits depends on the machine.
            assertThat(sizes).allMatch(size -> size <= 256).hasSizeLessThan(300);
            assertThat(sizes.stream().mapToInt(size -> size).sum()).isEqualTo(1 + 600); // the probe, too
            assertThat(embedder.stats().items()).isEqualTo(600);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {422, 500})
    void onlyTheDocumentThatIsAtFaultFails(int status) throws Exception {
        server.otherwise((exchange, body) -> (body.path("input").toString().contains("poison")
                        ? status(status, "{\"error\":{\"message\":\"text too long\"}}", "Retry-After-Ms", "1")
                        : answer(FaultServer::vectorsByLength))
                .to(exchange, body));
        try (TextEmbedder embedder = impatientEmbedder("openai:e", server.address())) {
            List<CompletableFuture<float[]>> vectors = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                vectors.add(embedder.embed(i == 13 ? "poison" : "text " + i, TextRole.PASSAGE, NEVER));
            }
            for (int i = 0; i < 20; i++) {
                CompletableFuture<float[]> vector = vectors.get(i);
                if (i == 13) {
                    assertThatThrownBy(() -> get(vector))
                            .cause()
                            .isInstanceOf(ItemFailedException.class)
                            .hasMessage("openai:e answered with status %d: text too long.", status);
                } else {
                    assertThat(get(vector)).hasSize(2);
                }
            }
            assertThat(get(embedder.embed("query", TextRole.QUERY, NEVER))).hasSize(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"400, 1", "500, 3"})
    void aDocumentWaitsIfEveryTextIsRefused(int status, int attempts) throws Exception {
        server.otherwise(answer(FaultServer::vectorsByLength));
        try (TextEmbedder embedder = embedder("openai:e", server.address(), null)) {
            server.otherwise(
                    status(status, "{\"error\":{\"message\":\"model e was withdrawn\"}}", "Retry-After-Ms", "1"));
            int before = server.received().size();
            CompletableFuture<float[]> vector = embedder.embed("text", TextRole.PASSAGE, NEVER);
            // Itself, and the word that is surely right.
            await().until(() -> server.received().size() == before + 2 * attempts);
            assertThat(last().body().path("input").toString()).startsWith("[\"probe ");
            assertThat(vector).isNotDone();
        }
    }

    @Test
    void aDocumentIsSentAgainOnceTheServerTakesAnotherText() throws Exception {
        server.otherwise(answer(FaultServer::vectorsByLength));
        try (TextEmbedder embedder = impatientEmbedder("openai:e", server.address())) {
            FaultServer.Reply oops = status(500, "{\"error\":{\"message\":\"oops\"}}", "Retry-After-Ms", "1");
            int before = server.received().size();
            server.then(oops, oops, oops);
            assertThat(get(embedder.embed("text", TextRole.PASSAGE, NEVER))).hasSize(2);
            assertThat(server.received().stream().skip(before))
                    .extracting(request ->
                            request.body().path("input").path(0).asText().split(" ", 2)[0])
                    .containsExactly("text", "text", "text", "probe", "text");
        }
    }

    @Test
    void aDocumentWhoseVectorHasNoDirectionFailsAlone() throws Exception {
        server.otherwise(answer(FaultServer::vectorsByLength));
        try (TextEmbedder embedder = embedder("openai:e", server.address(), null)) {
            server.then(
                    status(200, "{\"data\":[{\"index\":0,\"embedding\":[NaN,1]},{\"index\":1,\"embedding\":[0,1]}]}"));
            CompletableFuture<float[]> bad = embedder.embed("bad", TextRole.PASSAGE, NEVER);
            CompletableFuture<float[]> good = embedder.embed("good", TextRole.PASSAGE, NEVER);
            assertThat(get(good)).containsExactly(0, 1);
            assertThatThrownBy(() -> get(bad))
                    .cause()
                    .isInstanceOf(ItemFailedException.class)
                    .hasMessage("openai:e gave the text a vector that is zero or not finite.");
        }
    }

    @Test
    void aVectorOfAnotherLengthIsNeverTakenAndTheDocumentWaits() throws Exception {
        server.otherwise(answer(FaultServer::vectorsByLength));
        try (TextEmbedder embedder = embedder("openai:e", server.address(), null)) {
            server.then(status(200, "{\"data\":[{\"index\":0,\"embedding\":[1,2,3]}]}"));
            assertThat(get(embedder.embed("text", TextRole.PASSAGE, NEVER))).hasSize(2);
            assertThat(embedder.endpoint().errors("invalid")).isEqualTo(1);
        }
    }

    @Test
    void dimensionsThatTheModelDoesNotGiveAreRefused() {
        server.otherwise(answer(FaultServer::vectorsByLength));
        assertThatThrownBy(() -> embedder("openai:e", server.address(), 512))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "openai:e gives vectors of 2 numbers where models.embedder.dimensions asks for 512; leave that"
                                + " out, or choose a model that can shorten its vectors.");
    }

    @Test
    void anEmbedderThatIsAwayIsOpenedOnlyIfItsDimensionIsKnown() throws Exception {
        server.otherwise(status(503, "{}", "X-Should-Retry", "false", "Retry-After-Ms", "1"));
        assertThatThrownBy(() -> embedder("openai:e", server.address(), null))
                .isInstanceOf(ModelOutOfReachException.class)
                .hasMessageEndingWith("Set models.embedder.dimensions for a job that starts without it.");
        try (TextEmbedder embedder = embedder("openai:e", server.address(), 2)) {
            assertThat(embedder.dimension()).isEqualTo(2);
            CompletableFuture<float[]> vector = embedder.embed("text", TextRole.PASSAGE, NEVER);
            server.otherwise(answer(FaultServer::vectorsByLength));
            assertThat(get(vector)).hasSize(2);
        }
    }

    @Test
    void anEmbedderWhoseServerDoesNotSayWhichModelItServesIsNotOpened() throws Exception {
        String uri = "tei:" + server.address();
        serveTei(status(503, "{}"));
        assertThatThrownBy(() -> embedder(uri, null, 2))
                .isInstanceOf(ModelOutOfReachException.class)
                .hasMessage("Embedder " + uri + " could not be asked under /info which model it serves: " + uri
                        + " answered with status 503: {}. Start its server; the job asks again when it restarts.");
        serveTei(FaultServer.cut());
        assertThatThrownBy(() -> embedder(uri, null, 2))
                .isInstanceOf(ModelOutOfReachException.class)
                .hasMessageContaining("serves: " + uri + " at " + server.address("/info") + " cannot be reached (");
        serveTei(status(200, TEI_EMBEDDER));
        try (TextEmbedder embedder = embedder(uri, null, 2)) {
            assertThat(embedder.dimension()).isEqualTo(2);
        }
    }

    private void serveTei(FaultServer.Reply info) {
        server.otherwise((exchange, body) -> (exchange.getRequestURI().getPath().equals("/info")
                        ? info
                        : status(200, "[[0.6,0.8]]"))
                .to(exchange, body));
    }

    @Test
    void theFingerprintTellsModelsApartAndNotAddresses() throws Exception {
        server.otherwise(answer(FaultServer::vectorsByLength));
        try (FaultServer other = new FaultServer(answer(FaultServer::vectorsByLength));
                TextEmbedder one = embedder("openai:e", server.address(), null);
                TextEmbedder same = embedder("openai:e", other.address(), null);
                TextEmbedder another = embedder("openai:f", server.address(), null)) {
            assertThat(one.info().fingerprint())
                    .isEqualTo(same.info().fingerprint())
                    .isEqualTo(HostedEmbedder.factory(spec("openai:e", server.address(), 2))
                            .fingerprint())
                    .isNotEqualTo(another.info().fingerprint())
                    .hasSize(64);
        }
    }

    private TextEmbedder embedder(String uri, @Nullable String endpoint, @Nullable Integer dimensions)
            throws ModelException {
        return HostedEmbedder.factory(spec(uri, endpoint, dimensions)).open();
    }

    /** Makes an embedder that waits a second before it sends a text again on which the server failed. */
    private TextEmbedder impatientEmbedder(String uri, String endpoint) throws ModelException {
        return HostedEmbedder.factory(spec(uri, endpoint, null, Duration.ofSeconds(1)))
                .open();
    }
}
