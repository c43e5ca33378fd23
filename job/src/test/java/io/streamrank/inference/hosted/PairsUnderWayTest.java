// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import static io.streamrank.testing.FaultServer.answer;
import static io.streamrank.testing.FaultServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streamrank.inference.endpoint.EndpointLimits;
import io.streamrank.inference.endpoint.SecretReference;
import io.streamrank.inference.model.Bill;
import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairOutcome.Failed;
import io.streamrank.inference.model.PairOutcome.Rated;
import io.streamrank.inference.model.UnavailableException;
import io.streamrank.inference.service.PassageReranker;
import io.streamrank.testing.FaultServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a query is told, and what it costs, whose pairs another query has asked a hosted reranker for. */
class PairsUnderWayTest {
    private static final long NEVER = Long.MAX_VALUE;
    private static final FaultServer.Reply SCORES = answer(FaultServer::scoresByLength);

    @TempDir
    Path directory;

    private FaultServer server;

    @BeforeEach
    void start() throws Exception {
        Files.writeString(directory.resolve("keys"), "k=secret-key-5471");
        server = new FaultServer(SCORES);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aPairIsAskedForOnceAndOnlyTheFirstPays() throws Exception {
        try (PassageReranker reranker = reranker("cohere:r", 1 << 20)) {
            CompletableFuture<List<PairOutcome>> first = hanging(reranker, NEVER, "aaaa", "b");
            CompletableFuture<List<PairOutcome>> same = reranker.score("q", List.of("b", "aaaa"), NEVER);
            CompletableFuture<List<PairOutcome>> more = reranker.score("q", List.of("b", "ccc"), NEVER);
            CompletableFuture<List<PairOutcome>> other = reranker.score("p", List.of("b"), NEVER);
            assertAnswer(other, new Bill(1, 0, 0), 0.01);
            await().until(() -> server.received().size() == 4); // the probe, and all but the same
            assertThat(same).isNotDone();
            assertThat(more).isNotDone();
            server.release();
            assertAnswer(first, new Bill(1, 0, 0), 0.04, 0.01);
            assertAnswer(same, new Bill(0, 0, 2), 0.01, 0.04);
            assertAnswer(more, new Bill(1, 0, 1), 0.01, 0.03);
            assertThat(documents()).containsExactlyInAnyOrder("[\"aaaa\",\"b\"]", "[\"ccc\"]", "[\"b\"]");
            assertAnswer(reranker.score("q", List.of("aaaa", "b", "ccc"), NEVER), new Bill(0, 0, 3), 0.04, 0.01, 0.03);
            assertThat(reranker.endpoint().searchUnitsBilled()).isEqualTo(4); // the probe, too
        }
    }

    @Test
    void aQueryWithMoreTimeOutlivesTheTimeoutOfTheFirst() throws Exception {
        try (PassageReranker reranker = reranker("cohere:r", 1 << 20)) {
            long soon = System.nanoTime() + 300_000_000;
            CompletableFuture<List<PairOutcome>> first = hanging(reranker, soon, "aaaa", "b");
            CompletableFuture<List<PairOutcome>> second = reranker.score("q", List.of("aaaa"), NEVER);
            CompletableFuture<List<PairOutcome>> third = reranker.score("q", List.of("b", "aaaa"), NEVER);
            assertThatThrownBy(() -> get(first)).hasCauseInstanceOf(DeadlineExceededException.class);
            assertThat(get(second)).extracting(PairsUnderWayTest::relevance).containsExactly(0.04);
            assertThat(get(third)).extracting(PairsUnderWayTest::relevance).containsExactly(0.01, 0.04);
            // One of the two asks for the pair that both want.
            assertThat(bill(get(second)).plus(bill(get(third))).savedPairs()).isEqualTo(1);
        }
    }

    @Test
    void aQueryWithLessTimeFailsAtItsOwnDeadline() throws Exception {
        try (PassageReranker reranker = reranker("cohere:r", 1 << 20)) {
            CompletableFuture<List<PairOutcome>> first = hanging(reranker, NEVER, "aaaa");
            CompletableFuture<List<PairOutcome>> hurried =
                    reranker.score("q", List.of("aaaa"), System.nanoTime() + 50_000_000);
            assertThatThrownBy(() -> get(hurried))
                    .cause()
                    .isInstanceOf(DeadlineExceededException.class)
                    .hasMessage("cohere:r did not answer before the deadline; allow more time or send less.");
            assertThat(first).isNotDone();
            server.release();
            assertAnswer(first, new Bill(1, 0, 0), 0.04);
        }
    }

    @Test
    void whatTheFirstIsRefusedForIsNotTheOthersFault() throws Exception {
        FaultServer.Reply refusal = server.hangs(status(400, "{\"message\":\"poison\"}"));
        server.otherwise((exchange, body) ->
                (body.path("documents").toString().contains("poison") ? refusal : SCORES).to(exchange, body));
        try (PassageReranker reranker = reranker("cohere:r", 1 << 20)) {
            CompletableFuture<List<PairOutcome>> first = reranker.score("q", List.of("poison", "b"), NEVER);
            await().until(() -> server.received().size() == 2);
            CompletableFuture<List<PairOutcome>> second = reranker.score("q", List.of("b"), NEVER);
            CompletableFuture<List<PairOutcome>> third = reranker.score("q", List.of("poison"), NEVER);
            assertThat(second).isNotDone();
            assertThat(third).isNotDone();
            server.release();
            assertThat(get(first))
                    .containsExactly(
                            new Failed("cohere:r answered with status 400: poison.", 0, false),
                            new Rated(0.01, null, 0, new Bill(1, 0, 0)));
            assertAnswer(second, new Bill(0, 0, 1), 0.01); // the first asked for it again, without the other
            assertThatThrownBy(() -> get(third)).cause().hasMessage("cohere:r answered with status 400: poison.");
        }
    }

    @Test
    void aModelThatReadsAllPassagesTogetherIsAskedOnceForTheSameOnes() throws Exception {
        try (PassageReranker reranker = reranker("jina:jina-reranker-v3", 1 << 20)) {
            CompletableFuture<List<PairOutcome>> first = hanging(reranker, NEVER, "aaaa", "b");
            CompletableFuture<List<PairOutcome>> same = reranker.score("q", List.of("aaaa", "b"), NEVER);
            CompletableFuture<List<PairOutcome>> other = reranker.score("q", List.of("aaaa"), NEVER);
            assertThat(get(other)).extracting(PairsUnderWayTest::relevance).containsExactly(0.04);
            assertThat(same).isNotDone();
            server.release();
            get(first);
            assertAnswer(same, new Bill(0, 0, 2), 0.04, 0.01);
            assertThat(documents()).containsExactlyInAnyOrder("[\"aaaa\",\"b\"]", "[\"aaaa\"]");
        }
    }

    @Test
    void withoutACacheEachAsksForItself() throws Exception {
        try (PassageReranker reranker = reranker("cohere:r", 0)) {
            CompletableFuture<List<PairOutcome>> first = hanging(reranker, NEVER, "aaaa");
            assertAnswer(reranker.score("q", List.of("aaaa"), NEVER), new Bill(1, 0, 0), 0.04);
            server.release();
            assertAnswer(first, new Bill(1, 0, 0), 0.04);
        }
    }

    @Test
    void whoWaitsForAnotherIsToldThatTheModelIsClosed() throws Exception {
        CompletableFuture<List<PairOutcome>> second;
        try (PassageReranker reranker = reranker("cohere:r", 1 << 20)) {
            CompletableFuture<List<PairOutcome>> unused = hanging(reranker, NEVER, "aaaa");
            second = reranker.score("q", List.of("aaaa"), NEVER);
        }
        assertThatThrownBy(() -> get(second)).hasCauseInstanceOf(UnavailableException.class);
    }

    /** Asks for pairs that the server does not answer before it is released, and waits until it has the request. */
    private CompletableFuture<List<PairOutcome>> hanging(
            PassageReranker reranker, long deadlineNanos, String... passages) {
        int before = server.received().size();
        server.then(server.hangs(SCORES));
        CompletableFuture<List<PairOutcome>> first = reranker.score("q", List.of(passages), deadlineNanos);
        await().until(() -> server.received().size() > before);
        return first;
    }

    private static void assertAnswer(CompletableFuture<List<PairOutcome>> answer, Bill bill, Double... relevances)
            throws Exception {
        assertThat(get(answer)).extracting(PairsUnderWayTest::relevance).containsExactly(relevances);
        assertThat(bill(get(answer))).isEqualTo(bill);
    }

    /** Returns what was asked for after the probe, by request. */
    private List<String> documents() {
        return server.received().stream()
                .skip(1)
                .map(request -> request.body().path("documents").toString())
                .toList();
    }

    private PassageReranker reranker(String uri, long cacheBytes) throws ModelException {
        HostedSpec spec = new HostedSpec(
                uri,
                server.address(),
                new SecretReference("${file:" + directory.resolve("keys") + ":k}"),
                new EndpointLimits(0, 0, 8),
                Duration.ofSeconds(20),
                null,
                "",
                "");
        return HostedReranker.factory(spec, cacheBytes).open();
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    private static Double relevance(PairOutcome outcome) {
        return ((Rated) outcome).relevance();
    }

    private static Bill bill(List<PairOutcome> outcomes) {
        return outcomes.stream().map(PairOutcome::bill).reduce(Bill.NONE, Bill::plus);
    }
}
