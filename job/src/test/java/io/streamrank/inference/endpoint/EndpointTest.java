// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import static io.streamrank.testing.FaultServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.UnavailableException;
import io.streamrank.testing.FaultServer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    private static final EndpointLimits LIMITS = new EndpointLimits(0, 0, 4);

    @TempDir
    Path directory;

    private FaultServer server;
    private Endpoint endpoint;
    private Path keys;

    @BeforeEach
    void open() throws Exception {
        server = new FaultServer(status(200, "\"fine\""));
        keys = Files.writeString(directory.resolve("keys"), "k=first-key");
        endpoint = open(LIMITS, Duration.ofSeconds(20));
    }

    @AfterEach
    void close() {
        endpoint.close();
        server.close();
    }

    @Test
    void aRequestCarriesTheKey() throws Exception {
        assertThat(get(query())).isEqualTo("fine");
        assertThat(server.received()).singleElement().satisfies(request -> {
            assertThat(request.authorization()).isEqualTo("Bearer first-key");
            assertThat(request.path()).isEqualTo("/v2/rerank");
        });
        assertThat(endpoint.stats().requests()).isEqualTo(1);
        assertThat(endpoint.stats().tokensBilled()).isEqualTo(3);
        assertThat(endpoint.recentTimes().runMicros()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 409, 500, 502, 503, 504})
    void aFaultOfTheServerIsTriedAgain(int status) throws Exception {
        server.then(status(status, "{\"message\":\"oops\"}"));
        assertThat(get(query())).isEqualTo("fine");
        assertThat(endpoint.stats().retries()).isEqualTo(1);
        assertThat(endpoint.stats().errors(status == 409 ? "other" : Integer.toString(status)))
                .isEqualTo(1);
    }

    @Test
    void aConnectionThatIsCutInTheBodyIsTriedAgain() throws Exception {
        server.then(FaultServer.cut());
        assertThat(get(query())).isEqualTo("fine");
        assertThat(endpoint.stats().errors("connection")).isEqualTo(1);
    }

    @Test
    void aQueryIsTriedThreeTimesAndNoMore() {
        server.otherwise(status(500, "{\"message\":\"oops\"}", "Retry-After-Ms", "1"));
        assertThatThrownBy(() -> get(query()))
                .cause()
                .isInstanceOf(ServerErrorException.class)
                .hasMessage("cohere:x answered with status 500: oops.");
        assertThat(server.received()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"Retry-After-Ms, 5", "Retry-After, 0.005", "X-RateLimit-Reset, 0.005", "x-ratelimit-reset-requests, 5ms"
    })
    void aBusyEndpointIsLeftAloneAsLongAsItSaysAndThenAsked(String header, String value) throws Exception {
        server.then(status(429, "{\"message\":\"slow down\"}", header, value));
        assertThat(get(query())).isEqualTo("fine");
        assertThat(endpoint.stats().retries()).isEqualTo(1);
        assertThat(endpoint.stats().errors("429")).isEqualTo(1);
    }

    @Test
    void aQueryThatHasNoTimeForThePauseIsRefusedAtOnce() {
        server.otherwise(status(429, "{\"message\":\"slow down\"}", "Retry-After", "3000"));
        assertThatThrownBy(() -> get(query()))
                .cause()
                .isInstanceOf(OverloadException.class)
                .hasMessage("cohere:x answered with status 429: slow down; allow more time, or send less.");
        assertThatThrownBy(() -> get(query())).cause().isInstanceOf(OverloadException.class);
        assertThat(server.received()).hasSize(1);
        assertThat(endpoint.stats().pausedMs()).isPositive();
    }

    @Test
    void aQueryThatWaitsWhenThePauseBeginsIsRefusedToo() throws Exception {
        server.then(
                server.hangs(status(429, "{}", "Retry-After", "3000")),
                server.hangs(status(429, "{}", "Retry-After", "3000")),
                server.hangs(status(429, "{}", "Retry-After", "3000")),
                server.hangs(status(429, "{}", "Retry-After", "3000")));
        List<CompletableFuture<EndpointAnswer<String>>> calls = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            calls.add(query());
        }
        await().until(() -> server.received().size() == 4);
        server.release();
        assertThat(calls)
                .allSatisfy(call -> assertThatThrownBy(() -> get(call)).cause().isInstanceOf(OverloadException.class));
        assertThat(server.received()).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            429 | {"error":{"message":"You exceeded","code":"insufficient_quota"}}
            402 | {"message":"pay"}
            404 | {"message":"no model x"}
            403 | {"message":"not yours"}
            401 | {"message":"who are you"}
            """)
    void whatSomebodyHasToMendIsNotTriedAgain(int status, String body) {
        server.otherwise(status(status, body));
        assertThatThrownBy(() -> get(query())).cause().isInstanceOf(SetupException.class);
        assertThatThrownBy(() -> get(query())).cause().isInstanceOf(SetupException.class);
        assertThat(server.received()).hasSize(1);
    }

    @Test
    void anEndpointMayForbidToTryAgain() {
        server.otherwise(status(500, "{}", "X-Should-Retry", "false"));
        assertThatThrownBy(() -> get(query())).cause().hasMessageContaining("500");
        assertThat(server.received()).hasSize(1);
    }

    @Test
    void whatIsWrongWithTheRequestIsToldOnceAndHoldsUpNobody() throws Exception {
        server.then(status(422, "{\"message\":\"too long\"}"));
        assertThatThrownBy(() -> get(document()))
                .cause()
                .isInstanceOf(RefusedException.class)
                .hasMessage("cohere:x answered with status 422: too long.");
        assertThat(get(document())).isEqualTo("fine");
    }

    @Test
    void aKeyThatWasChangedMeanwhileIsReadAgain() throws Exception {
        server.then((exchange, body) -> {
            Files.writeString(keys, "k=second-key");
            status(401, "{\"message\":\"expired\"}").to(exchange, body);
        });
        assertThat(get(query())).isEqualTo("fine");
        assertThat(server.received())
                .extracting(FaultServer.Received::authorization)
                .containsExactly("Bearer first-key", "Bearer second-key");
        assertThat(endpoint.stats().pausedMs()).isZero();
    }

    @Test
    void aDocumentWaitsForAKeyThatIsAccepted() throws Exception {
        server.otherwise((exchange, body) -> (exchange.getRequestHeaders()
                                .getFirst("Authorization")
                                .equals("Bearer good-key")
                        ? status(200, "\"fine\"")
                        : status(401, "{\"message\":\"no\"}"))
                .to(exchange, body));
        CompletableFuture<EndpointAnswer<String>> waiting = document();
        await().until(() -> endpoint.stats().errors("401") > 0);
        assertThat(waiting).isNotDone();
        Files.writeString(keys, "k=good-key");
        assertThat(get(waiting)).isEqualTo("fine");
    }

    @Test
    void aDocumentWaitsWhileTheEndpointIsBusyAwayOrTalksNonsense() throws Exception {
        // Those that name no pause come first, as theirs grows with each failure in a row.
        server.then(
                FaultServer.cut(),
                status(200, "\"nonsense\""),
                status(429, "{}", "Retry-After-Ms", "1"),
                status(503, "<html>", "Retry-After-Ms", "1"),
                status(402, "{}", "Retry-After-Ms", "1"),
                status(404, "{}", "Retry-After-Ms", "1"));
        assertThat(get(document())).isEqualTo("fine");
        assertThat(server.received()).hasSize(7);
        assertThat(endpoint.stats().errors()).containsOnlyKeys("429", "connection", "503", "402", "404", "invalid");
    }

    @Test
    void aDocumentOnWhichTheServerFailsEachTimeIsGivenUp() throws Exception {
        server.otherwise((exchange, body) -> (body.asText().equals("poison")
                        ? status(500, "{\"message\":\"oops\"}", "Retry-After-Ms", "1")
                        : status(200, "\"fine\""))
                .to(exchange, body));
        assertThatThrownBy(() -> get(post(endpoint, "poison", Urgency.DOCUMENT)))
                .cause()
                .isInstanceOf(ServerErrorException.class)
                .hasMessage("cohere:x answered with status 500: oops.");
        assertThat(server.received()).hasSize(3);
        assertThat(get(document())).isEqualTo("fine");
    }

    @ParameterizedTest
    @EnumSource
    void aRequestOnWhichTheServerFailsDoesNotMakeItAwayForOthers(Urgency urgency) throws Exception {
        server.then(
                status(500, "{}", "Retry-After-Ms", "1"),
                status(500, "{}", "Retry-After-Ms", "1"),
                status(500, "{}", "Retry-After-Ms", "500"));
        assertThatThrownBy(() -> get(post(endpoint, "poison", urgency)))
                .cause()
                .isInstanceOf(ServerErrorException.class);
        assertThat(get(query())).isEqualTo("fine");
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 502, 503, 504})
    void aDocumentWaitsHoweverOftenTheEndpointIsBusyOrAway(int status) throws Exception {
        for (int i = 0; i < 7; i++) {
            server.then(status(status, "{}", "Retry-After-Ms", "1"));
        }
        assertThat(get(document())).isEqualTo("fine");
        assertThat(server.received()).hasSize(8);
    }

    @Test
    void anEndpointThatIsAwayCostsQueriesNoTime() throws Exception {
        server.otherwise(status(503, "{}", "Retry-After", "20"));
        CompletableFuture<EndpointAnswer<String>> waiting = document();
        await().until(() -> endpoint.stats().pausedMs() > 0);
        assertThatThrownBy(() -> get(query(Duration.ofSeconds(5))))
                .cause()
                .hasMessage("cohere:x answered with status 503: {}.");
        assertThat(waiting).isNotDone();
    }

    @Test
    void aBodyThatStopsIsGivenUp() throws Exception {
        try (Endpoint hasty = open(LIMITS, Duration.ofMillis(700))) {
            server.then(server.stalls());
            assertThat(get(post(hasty, Urgency.QUERY, Long.MAX_VALUE))).isEqualTo("fine");
            assertThat(hasty.stats().errors("timeout")).isPositive();
        }
    }

    @Test
    void aQueryFailsAtItsDeadlineThoughTheEndpointHasMoreTime() {
        server.then(server.hangs(status(200, "\"late\"")));
        assertThatThrownBy(() -> get(query(Duration.ofMillis(100))))
                .cause()
                .isInstanceOf(DeadlineExceededException.class)
                .hasMessage("cohere:x did not answer before the deadline; allow more time or send less.");
        await().until(() -> endpoint.stats().inFlight() == 0);
    }

    @Test
    void anAnswerThatIsTooLargeIsNotRead() {
        LimitedBody body = new LimitedBody(10);
        List<String> calls = new ArrayList<>();
        body.onSubscribe(new Subscription() {
            @Override
            public void request(long n) {
                calls.add("request");
            }

            @Override
            public void cancel() {
                calls.add("cancel");
            }
        });
        body.onNext(List.of(ByteBuffer.allocate(8)));
        body.onNext(List.of(ByteBuffer.allocate(8)));
        body.onNext(List.of(ByteBuffer.allocate(8)));
        assertThat(calls).containsExactly("request", "cancel");
        assertThatThrownBy(() -> body.getBody().toCompletableFuture().get(5, TimeUnit.SECONDS))
                .hasRootCauseMessage("the answer is larger than 10 bytes");
    }

    @Test
    void queriesGoBeforeDocumentsButEachEighthRequestIsADocuments() throws Exception {
        try (Endpoint narrow = open(new EndpointLimits(0, 0, 1), Duration.ofSeconds(20))) {
            server.then(server.hangs(status(200, "\"fine\"")));
            List<CompletableFuture<EndpointAnswer<String>>> calls = new ArrayList<>();
            calls.add(post(narrow, "first", Urgency.QUERY));
            await().until(() -> server.received().size() == 1);
            for (int i = 0; i < 3; i++) {
                calls.add(post(narrow, "document", Urgency.DOCUMENT));
            }
            for (int i = 0; i < 10; i++) {
                calls.add(post(narrow, "query", Urgency.QUERY));
            }
            server.release();
            for (CompletableFuture<EndpointAnswer<String>> call : calls) {
                get(call);
            }
            assertThat(server.received())
                    .extracting(received -> received.body().asText().charAt(0))
                    .containsExactly('f', 'q', 'q', 'q', 'q', 'q', 'q', 'd', 'q', 'q', 'q', 'q', 'd', 'd');
        }
    }

    @Test
    void allUsersOfAnAddressAndAKeyShareItsStrictestLimits() throws Exception {
        try (Endpoint other = open(new EndpointLimits(2, 0, 1), Duration.ofSeconds(20))) {
            get(query());
            get(post(other, Urgency.QUERY, Long.MAX_VALUE));
            CompletableFuture<EndpointAnswer<String>> third = query(Duration.ofMinutes(5));
            await().until(() -> endpoint.stats().waiting() == 1);
            assertThat(other.stats()).isEqualTo(endpoint.stats());
            assertThatThrownBy(() -> get(query(Duration.ofSeconds(10))))
                    .cause()
                    .isInstanceOf(OverloadException.class)
                    .hasMessage(
                            "cohere:x could not answer before the deadline, as too much waits; allow more time, or send"
                                    + " less.");
            assertThat(third).isNotDone();
        }
    }

    @Test
    void whatWaitsFailsWhenTheLastUserClosesAndNothingStays() throws Exception {
        server.otherwise(server.hangs(status(200, "\"late\"")));
        List<CompletableFuture<EndpointAnswer<String>>> calls = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            calls.add(i % 2 == 0 ? document() : query());
        }
        await().until(() -> server.received().size() == 4);
        endpoint.close();
        assertThat(calls)
                .allSatisfy(call -> assertThatThrownBy(() -> get(call))
                        .cause()
                        .isInstanceOf(UnavailableException.class)
                        .hasMessage("This use of model cohere:x is closed; open it again."));
        assertThatThrownBy(() -> get(query())).cause().isInstanceOf(UnavailableException.class);
    }

    private Endpoint open(EndpointLimits limits, Duration timeout) throws Exception {
        return Endpoint.open(new EndpointSpec(
                "cohere:x",
                server.address("/v2/rerank"),
                new SecretReference("${file:" + keys + ":k}"),
                limits,
                timeout));
    }

    private CompletableFuture<EndpointAnswer<String>> query() {
        return query(Duration.ofSeconds(60));
    }

    private CompletableFuture<EndpointAnswer<String>> query(Duration left) {
        return post(endpoint, Urgency.QUERY, endpoint.now() + left.toNanos());
    }

    private CompletableFuture<EndpointAnswer<String>> document() {
        return post(endpoint, Urgency.DOCUMENT, Long.MAX_VALUE);
    }

    private static CompletableFuture<EndpointAnswer<String>> post(Endpoint endpoint, String text, Urgency urgency) {
        return endpoint.post(
                ('"' + text + '"').getBytes(StandardCharsets.UTF_8), 1, urgency, Long.MAX_VALUE, EndpointTest::read);
    }

    private static CompletableFuture<EndpointAnswer<String>> post(Endpoint endpoint, Urgency urgency, long deadline) {
        return endpoint.post("\"x\"".getBytes(StandardCharsets.UTF_8), 1, urgency, deadline, EndpointTest::read);
    }

    private static EndpointAnswer<String> read(byte[] body) throws InvalidAnswerException {
        String text = new String(body, StandardCharsets.UTF_8).replace("\"", "");
        if (text.equals("nonsense")) {
            throw new InvalidAnswerException("is nonsense");
        }
        return new EndpointAnswer<>(text, 3, 0);
    }

    private static String get(CompletableFuture<EndpointAnswer<String>> call) throws Exception {
        return call.get(30, TimeUnit.SECONDS).value();
    }
}
