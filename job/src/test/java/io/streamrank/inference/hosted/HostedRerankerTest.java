// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import static io.streamrank.testing.FaultServer.answer;
import static io.streamrank.testing.FaultServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.inference.model.Bill;
import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelOutOfReachException;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairOutcome.Failed;
import io.streamrank.inference.model.PairOutcome.Rated;
import io.streamrank.inference.service.PassageReranker;
import io.streamrank.inference.stats.CacheStats;
import io.streamrank.testing.FaultServer;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostedRerankerTest extends HostedModelFixture {
    @Test
    void scoresAndBillComeInTheOrderOfThePassages() throws Exception {
        try (PassageReranker reranker = reranker("cohere:r", server.address())) {
            List<PairOutcome> outcomes = score(reranker, "q", "aaaa", "b", "aaaa", "cc");
            assertThat(outcomes).extracting(HostedRerankerTest::relevance).containsExactly(0.04, 0.01, 0.04, 0.02);
            assertThat(bill(outcomes)).isEqualTo(new Bill(1, 0, 0));
            assertThat(last().body().path("documents").size()).isEqualTo(3);
            assertThat(last().authorization()).isEqualTo("Bearer " + KEY);
            assertThat(reranker.info().name()).isEqualTo("cohere:r");
        }
    }

    @Test
    void aPairThatIsAskedAgainCostsNothing() throws Exception {
        try (PassageReranker reranker = reranker("cohere:r", server.address())) {
            score(reranker, "q", "aaaa", "b");
            List<PairOutcome> again = score(reranker, "q", "b", "ccc", "aaaa");
            assertThat(again).extracting(HostedRerankerTest::relevance).containsExactly(0.01, 0.03, 0.04);
            assertThat(bill(again)).isEqualTo(new Bill(1, 0, 2));
            assertThat(last().body().path("documents").toString()).isEqualTo("[\"ccc\"]");
            assertThat(bill(score(reranker, "q", "b"))).isEqualTo(Bill.SAVED);
            assertThat(reranker.scoreCache()).isEqualTo(new CacheStats(3, 3));
            assertThat(reranker.stats().items()).isEqualTo(3);
            assertThat(reranker.endpoint().searchUnitsBilled()).isEqualTo(3); // the probe, too
        }
    }

    @Test
    void aModelThatReadsAllPassagesTogetherIsAskedForAllOfThem() throws Exception {
        try (PassageReranker reranker = reranker("jina:jina-reranker-v3", server.address())) {
            score(reranker, "q", "aaaa", "b");
            assertThat(bill(score(reranker, "q", "aaaa", "b"))).isEqualTo(new Bill(0, 0, 2));
            score(reranker, "q", "aaaa", "b", "cc");
            assertThat(last().body().path("documents").size()).isEqualTo(3);
        }
    }

    @Test
    void aServerThatTakesFewTextsGetsSeveralRequestsAndItsLogitsAreReal() throws Exception {
        server.otherwise((exchange, body) -> (exchange.getRequestURI().getPath().equals("/info")
                        ? status(200, TEI_RERANKER)
                        : answer(HostedRerankerTest::teiScores))
                .to(exchange, body));
        try (PassageReranker reranker = reranker("tei:" + server.address(), null)) {
            List<PairOutcome> outcomes = score(reranker, "q", "a", "aa", "aaa", "aaaa", "aaaaa", "aaaaaa", "aaaaaaa");
            assertThat(outcomes)
                    .extracting(outcome -> ((Rated) outcome).logit())
                    .containsExactly(1f, 2f, 3f, 4f, 5f, 6f, 7f);
            assertThat(relevance(outcomes.get(1))).isCloseTo(1 / (1 + Math.exp(-2)), within(1e-12));
            assertThat(server.received())
                    .filteredOn(request -> request.body().path("query").asText().equals("q"))
                    .extracting(request -> request.body().path("texts").size())
                    .containsExactlyInAnyOrder(3, 3, 1);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            401 | {"message":"invalid api token"} | answered with status 401: invalid api token; check the key in ${file:
            404 | {"message":"model 'r' not found"} | at {address} answered with status 404: model 'r' not found; check the model's name, the endpoint and the account.
            400 | {"detail":"Model r is not supported."} | answered with status 400: Model r is not supported.
            402 | {"message":"pay"} | at {address} answered with status 402: pay; check the model's name, the endpoint and the account.
            200 | <html> | at {address} gave an answer that is no JSON; check the endpoint and its API.
            """)
    void whatOnlyTheUserCanMendIsSaidAtOpen(int status, String body, String message) {
        server.otherwise(status(status, body, "Retry-After-Ms", "1"));
        assertThatThrownBy(() -> reranker("cohere:r", server.address()))
                .isInstanceOf(ModelException.class)
                .isNotInstanceOf(ModelOutOfReachException.class)
                .hasMessageStartingWith("cohere:r "
                        + message.replace(
                                "{address}", server.address("/v2/rerank").toString()))
                .hasMessageNotContaining(KEY);
    }

    @Test
    void aRerankerThatIsAwayAtOpenAnswersLater() throws Exception {
        server.otherwise(status(503, "{}", "Retry-After-Ms", "1", "X-Should-Retry", "false"));
        try (PassageReranker reranker = reranker("cohere:r", server.address())) {
            assertThatThrownBy(() -> score(reranker, "q", "a"))
                    .cause()
                    .isExactlyInstanceOf(InferenceException.class)
                    .hasMessage("cohere:r answered with status 503: {}.");
            server.otherwise(answer(FaultServer::scoresByLength));
            await().untilAsserted(() -> assertThat(score(reranker, "q", "a")).hasSize(1));
        }
    }

    @Test
    void failuresOfAQueryAreToldApart() throws Exception {
        try (PassageReranker reranker = reranker("cohere:r", server.address())) {
            server.then(server.hangs(status(200, "{}")));
            assertThatThrownBy(() -> score(reranker, System.nanoTime() + 50_000_000, "late", "a"))
                    .cause()
                    .isInstanceOf(DeadlineExceededException.class);
            server.then(status(200, "{\"results\":[]}"), status(200, "{\"results\":[]}"), status(200, "[]"));
            assertThatThrownBy(() -> score(reranker, "q", "a"))
                    .cause()
                    .hasMessage("cohere:r at " + server.address("/v2/rerank")
                            + " gave an answer that has no list of results; check the endpoint and its API.");
            await().until(() -> reranker.endpoint().pausedMs() == 0);
            server.then(status(429, "{\"message\":\"slow\"}", "Retry-After", "900"));
            assertThatThrownBy(() -> score(reranker, System.nanoTime() + 5_000_000_000L, "q", "a"))
                    .cause()
                    .isInstanceOf(OverloadException.class);
        }
    }

    @Test
    void onlyThePassageThatIsRefusedHasNoScore() throws Exception {
        refusePoison(400);
        try (PassageReranker reranker = reranker("cohere:r", server.address())) {
            String[] passages = IntStream.range(0, 50)
                    .mapToObj(i -> i == 13 ? "poison" : "x".repeat(1 + i))
                    .toArray(String[]::new);
            List<PairOutcome> outcomes = score(reranker, "q", passages);
            for (int i = 0; i < 50; i++) {
                if (i == 13) {
                    assertThat(outcomes.get(i))
                            .isEqualTo(new Failed("cohere:r answered with status 400: too long.", 0, false));
                } else {
                    assertThat(relevance(outcomes.get(i))).isEqualTo((1 + i) / 100.0);
                }
            }
            // Seven that are refused, of 50 passages and fewer, and six that are not; the probe, too.
            assertThat(server.received()).hasSizeLessThanOrEqualTo(1 + 7 + 6);
            assertThat(bill(outcomes).searchUnits())
                    .isEqualTo(reranker.endpoint().searchUnitsBilled() - 1);
        }
    }

    @Test
    void aPassageOnWhichTheServerFailsHasNoScore() throws Exception {
        refusePoison(500);
        try (PassageReranker reranker = reranker("cohere:r", server.address())) {
            assertThat(score(reranker, "q", "b", "poison"))
                    .containsExactly(
                            new Rated(0.01, null, 0, new Bill(1, 0, 0)),
                            new Failed("cohere:r answered with status 500: too long.", 0, false));
        }
    }

    @Test
    void theScoresOfOneHalfStayIfTheOtherComesTooLate() throws Exception {
        server.otherwise((exchange, body) -> {
            boolean whole = body.path("documents").size() > 2;
            boolean poison = body.path("documents").toString().contains("poison");
            FaultServer.Reply late = whole ? status(400, "{}") : server.hangs(status(200, "{}"));
            (poison ? late : answer(FaultServer::scoresByLength)).to(exchange, body);
        });
        try (PassageReranker reranker = reranker("cohere:r", server.address())) {
            long deadline = System.nanoTime() + 3_000_000_000L;
            List<PairOutcome> outcomes = score(reranker, deadline, "q", "a", "poison 1", "bb", "poison 2");

            assertThat(relevance(outcomes.get(0))).isEqualTo(0.01);
            assertThat(relevance(outcomes.get(2))).isEqualTo(0.02);
            assertThat(outcomes.get(1)).isInstanceOf(Failed.class);
            assertThat(outcomes.get(3)).isInstanceOf(Failed.class);
        }
    }

    @Test
    void aScoreThatIsKnownStaysIfAllThatIsAskedForIsRefused() throws Exception {
        refusePoison(422);
        try (PassageReranker reranker = reranker("cohere:r", server.address())) {
            score(reranker, "q", "b");
            assertThat(score(reranker, "q", "poison", "b", "poison"))
                    .containsExactly(
                            new Failed("cohere:r answered with status 422: too long.", 0, false),
                            new Rated(0.01, null, 0, Bill.SAVED),
                            new Failed("cohere:r answered with status 422: too long.", 0, false));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"cohere:r, 17", "jina:jina-reranker-v3, 1"})
    void aQueryFailsIfAllItsPassagesAreRefused(String uri, int requests) throws Exception {
        try (PassageReranker reranker = reranker(uri, server.address())) {
            server.otherwise(status(400, "{\"message\":\"the query is too long\"}"));
            String[] passages =
                    IntStream.range(0, 50).mapToObj(i -> "text " + i).toArray(String[]::new);
            assertThatThrownBy(() -> score(reranker, "q", passages))
                    .cause()
                    .isInstanceOf(InferenceException.class)
                    .hasMessage(uri + " answered with status 400: the query is too long.");
            assertThat(server.received()).hasSize(1 + requests); // the probe, too
        }
    }

    /** Lets the server refuse each request that holds a certain text. */
    private void refusePoison(int status) {
        server.otherwise((exchange, body) -> (body.path("documents").toString().contains("poison")
                        ? status(status, "{\"message\":\"too long\"}", "Retry-After-Ms", "1")
                        : answer(FaultServer::scoresByLength))
                .to(exchange, body));
    }

    private PassageReranker reranker(String uri, @Nullable String endpoint) throws ModelException {
        return HostedReranker.factory(spec(uri, endpoint, null), 1 << 20).open();
    }

    private static List<PairOutcome> score(PassageReranker reranker, String query, String... passages)
            throws Exception {
        return score(reranker, NEVER, query, passages);
    }

    private static List<PairOutcome> score(
            PassageReranker reranker, long deadlineNanos, String query, String... passages) throws Exception {
        return get(reranker.score(query, List.of(passages), deadlineNanos));
    }

    private static double relevance(PairOutcome outcome) {
        return ((Rated) outcome).relevance();
    }

    private static Bill bill(List<PairOutcome> outcomes) {
        return outcomes.stream().map(PairOutcome::bill).filter(Objects::nonNull).reduce(Bill.NONE, Bill::plus);
    }

    private static String teiScores(JsonNode request) {
        StringBuilder results = new StringBuilder();
        for (int i = request.path("texts").size() - 1; i >= 0; i--) {
            results.append(results.isEmpty() ? "" : ",")
                    .append("{\"index\":%d,\"score\":%d}"
                            .formatted(i, request.path("texts").get(i).asText().length()));
        }
        return "[" + results + "]";
    }
}
