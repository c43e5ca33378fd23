// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.local.cluster.EmbeddedKafka;
import io.streamrank.testing.FaultServer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Queries at a steady rate against a reranker that takes 200 ms for each request, from Kafka to Kafka. With {@code
 * -Dstreamrank.load-seconds=60} it takes as long and prints the figures of docs/performance.md; by default it only shows that
 * each query is answered in full.
 */
class HostedLoadITCase {
    private static final int DOCUMENTS = 60;
    private static final long ANSWER_MS = 200;
    private static final int SECONDS = Integer.getInteger("streamrank.load-seconds", 1);

    @ParameterizedTest
    @ValueSource(ints = {16})
    void everyQueryIsAnsweredInFull(int inFlight) throws Exception {
        int rate = SECONDS == 1 ? 20 : Integer.getInteger("streamrank.load-rate", 50);
        ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);
        try (FaultServer server = new FaultServer(FaultServer.answersAfter(ANSWER_MS, FaultServer::scoresByLength));
                EmbeddedKafka kafka = EmbeddedKafka.start();
                RunningJob job = new RunningJob(kafka.bootstrapServers(), settings(server, inFlight))) {
            job.createTopics();
            for (int i = 0; i < DOCUMENTS; i++) {
                job.send(
                        "documents",
                        "d" + i,
                        "{\"id\":\"d%d\",\"text\":\"apple number %d %s\"}".formatted(i, i, "x ".repeat(i % 9)));
            }
            job.send("queries", "warm", "{\"id\":\"warm\",\"query\":\"warm\"}");
            job.flush();
            job.submit();
            job.awaitAnswers("ranked-results", 1);

            int queries = rate * SECONDS;
            AtomicInteger sent = new AtomicInteger();
            clock.scheduleAtFixedRate(
                    () -> {
                        int number = sent.getAndIncrement();
                        if (number < queries) {
                            job.send(
                                    "queries",
                                    "q" + number,
                                    "{\"id\":\"q%d\",\"query\":\"apple %d\"}".formatted(number, number));
                        }
                    },
                    0,
                    1_000_000 / rate,
                    TimeUnit.MICROSECONDS);
            Awaitility.await().atMost(RunningJob.PATIENCE).until(() -> sent.get() >= queries);
            job.flush();
            Map<String, JsonNode> answers = new HashMap<>(job.answers("ranked-results", queries + 1));
            answers.remove("warm");

            assertThat(answers).hasSize(queries);
            assertThat(answers.values()).allSatisfy(answer -> {
                assertThat(answer.at("/usage/pairs").asInt()).isEqualTo(50);
                assertThat(SECONDS > 1 || !answer.path("degraded").asBoolean()).isTrue();
            });
            report(inFlight, rate, answers);
        } finally {
            clock.shutdownNow();
        }
    }

    private static void report(int inFlight, int rate, Map<String, JsonNode> answers) {
        long degraded = answers.values().stream()
                .filter(answer -> answer.path("degraded").asBoolean())
                .count();
        System.out.printf(
                Locale.ROOT,
                "max-in-flight %d, %d queries a second for %d s: %d answers, %d degraded; total %s; rerank %s%n",
                inFlight,
                rate,
                SECONDS,
                answers.size(),
                degraded,
                quantiles(answers, answer -> answer.at("/timing_ms/total").asLong()),
                quantiles(answers, answer -> answer.at("/timing_ms/rerank").asLong()));
    }

    private static String quantiles(Map<String, JsonNode> answers, ToLongFunction<JsonNode> millis) {
        long[] sorted = answers.values().stream().mapToLong(millis).sorted().toArray();
        return Arrays.stream(new double[] {0.5, 0.95, 0.99})
                .mapToObj(q -> "p%.0f %d ms".formatted(100 * q, sorted[(int) (q * (sorted.length - 1))]))
                .reduce((one, other) -> one + ", " + other)
                .orElse("");
    }

    private static Map<String, String> settings(FaultServer server, int inFlight) {
        return Map.of(
                "models.reranker.uri", "cohere:r",
                "models.reranker.endpoint", server.address(),
                "models.reranker.max-in-flight", Integer.toString(inFlight));
    }
}
