// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.e2e;

import static io.streamrank.testing.FaultServer.answer;
import static io.streamrank.testing.FaultServer.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import io.streamrank.local.cluster.EmbeddedKafka;
import io.streamrank.testing.FaultServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole job from Kafka to Kafka, with both models behind a server that fails as real ones do. */
class HostedModelsITCase {
    private static final String OLD_KEY = "old-key-7716353";
    private static final String NEW_KEY = "new-key-8264117";
    private static final Path LOG = Path.of("target", "logs", "tests.log");

    @TempDir
    private Path directory;

    private Path keys;

    @Test
    void documentsWaitForAKeyThatIsAcceptedAndQueriesAreAnsweredWhateverTheServerDoes() throws Exception {
        keys = Files.writeString(directory.resolve("keys"), "k=" + OLD_KEY);
        Path state = directory.resolve("state");
        try (FaultServer server = new FaultServer(HostedModelsITCase::serve);
                EmbeddedKafka kafka = EmbeddedKafka.start();
                RunningJob job = new RunningJob(kafka.bootstrapServers(), settings(server, state))) {
            job.createTopics();
            job.send("documents", "a", "{\"id\":\"a\",\"text\":\"red apple\"}");
            job.send("documents", "b", "{\"id\":\"b\",\"text\":\"red apple tree in the garden\"}");
            job.send("documents", "c", "{\"id\":\"c\",\"text\":\"blue car\"}");
            job.send("documents", "d", "{\"id\":\"d\",\"text\":\"poison\"}");
            job.flush();
            job.submit();
            // With the new key a moment earlier the job would read it before it says that anything waits.
            Awaitility.await("the log to say that documents wait")
                    .atMost(RunningJob.PATIENCE)
                    .until(() -> Files.readString(LOG).contains("Documents wait for openai:e"));
            assertThat(server.received()).anyMatch(HostedModelsITCase::isRefused);
            Files.writeString(keys, "k=" + NEW_KEY);
            ConsumerRecord<byte[], byte[]> dead = job.read("dead-letters", 1).get(0);
            assertThat(new String(dead.value(), StandardCharsets.UTF_8)).contains("poison");

            // Not before: while the key is refused, queries are answered by words alone.
            job.send("queries", "q", "{\"id\":\"q\",\"query\":\"red apple\"}");
            job.flush();
            JsonNode first = job.answers("ranked-results", 1).get("q");
            assertThat(RunningJob.ids(first)).containsExactly("b", "a", "c"); // longer texts score more
            assertThat(first.path("degraded").asBoolean()).isFalse();
            assertThat(first.path("model").asText()).isEqualTo("cohere:r");
            assertThat(first.path("results").get(0).path("relevance_score").asDouble())
                    .isEqualTo(0.28);
            assertThat(first.path("usage").toString())
                    .isEqualTo("{\"pairs\":3,\"tokens\":0,\"truncated\":null,\"billed\":{\"search_units\":1}}");

            job.send("queries", "again", "{\"id\":\"again\",\"query\":\"red apple\"}");
            job.send("queries", "reply", "{\"id\":\"reply\",\"query\":\"red apple\",\"reply\":true}");
            job.send("queries", "broken", "{\"id\":\"broken\",\"query\":\"red BROKEN\"}");
            job.flush();
            Map<String, JsonNode> answers = job.answers("ranked-results", 4);
            assertThat(answers.get("again").at("/usage/billed").toString()).isEqualTo("{\"saved_pairs\":3}");
            assertThat(RunningJob.ids(answers.get("again"))).containsExactly("b", "a", "c");
            assertThat(answers.get("reply").path("reply").toString())
                    .isEqualTo(
                            "{\"text\":\"An apple [1].\",\"model\":\"writer\",\"citations\":[{\"n\":1,\"id\":\"b\"}],"
                                    + "\"finish_reason\":\"stop\",\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4}}");
            assertThat(answers.get("again").has("reply")).isFalse();
            assertThat(answers.get("broken").path("degraded_reason").asText()).isEqualTo("model_error");
            assertThat(RunningJob.ids(answers.get("broken"))).hasSize(3);

            job.send("queries", "busy", "{\"id\":\"busy\",\"query\":\"red BUSY\",\"timeout_ms\":60000}");
            job.flush();
            assertThat(job.answers("ranked-results", 5)
                            .get("busy")
                            .path("degraded_reason")
                            .asText())
                    .isIn("overload", "model_error");

            job.savepoint(state.resolve("savepoints"));
            assertThat(holdsNoKey(job.serializedJobGraph())).isTrue();
            for (String path : List.of("/jobs/JOB/exceptions", "/jobs/JOB/config", "/jobs/JOB", "/jobmanager/config")) {
                assertThat(body(job, path)).doesNotContain(OLD_KEY, NEW_KEY);
            }
        }
        try (Stream<Path> files = Files.walk(state)) {
            assertThat(files.filter(Files::isRegularFile))
                    .isNotEmpty()
                    .allSatisfy(file ->
                            assertThat(holdsNoKey(Files.readAllBytes(file))).isTrue());
        }
        assertThat(Files.readString(LOG))
                .contains("Documents wait for openai:e, which answered with status 401: wrong key ***.")
                .doesNotContain(OLD_KEY, NEW_KEY);
    }

    private Map<String, String> settings(FaultServer server, Path state) {
        String key = "${file:" + keys + ":k}";
        return Map.of(
                "models.embedder.uri",
                "openai:e",
                "models.embedder.endpoint",
                server.address(),
                "models.embedder.api-key",
                key,
                "models.reranker.uri",
                "cohere:r",
                "models.reranker.endpoint",
                server.address(),
                "models.reranker.api-key",
                key,
                "reply.endpoint",
                server.address(),
                "reply.model",
                "writer",
                "reply.api-key",
                key,
                "flink.execution.checkpointing.dir",
                state.resolve("checkpoints").toUri().toString());
    }

    private static void serve(HttpExchange exchange, JsonNode request) throws IOException, InterruptedException {
        String key = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        String text = request.toString();
        FaultServer.Reply reply;
        if (isRefused(new FaultServer.Received(exchange.getRequestURI().getPath(), key, request))) {
            reply = status(401, "{\"error\":{\"message\":\"wrong key " + key.replace("Bearer ", "") + "\"}}");
        } else if (exchange.getRequestURI().getPath().equals("/v1/embeddings")) {
            reply = text.contains("poison")
                    ? status(422, "{\"error\":{\"message\":\"not this one\"}}")
                    : answer(HostedModelsITCase::vectors);
        } else if (text.contains("BROKEN")) {
            reply = FaultServer.cut();
        } else if (text.contains("BUSY")) {
            reply = status(429, "{\"message\":\"slow down\"}", "Retry-After", "3000");
        } else {
            reply = exchange.getRequestURI().getPath().equals("/chat/completions")
                    ? status(
                            200,
                            "{\"model\":\"writer\",\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"An apple [1][9].\"}}],"
                                    + "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4,\"total_tokens\":13}}")
                    : answer(FaultServer::scoresByLength);
        }
        reply.to(exchange, request);
    }

    /** The old key opens the model, but is not good for documents. */
    private static boolean isRefused(FaultServer.Received request) {
        return request.path().equals("/v1/embeddings")
                && !request.authorization().equals("Bearer " + NEW_KEY)
                && !request.body().path("input").toString().equals("[\"probe\"]");
    }

    /** Counts three words. */
    private static String vectors(JsonNode request) {
        StringBuilder data = new StringBuilder();
        for (int i = 0; i < request.path("input").size(); i++) {
            String text = request.path("input").get(i).asText();
            data.append(i == 0 ? "" : ",")
                    .append("{\"index\":%d,\"embedding\":[%d,%d,%d,1]}"
                            .formatted(
                                    i,
                                    text.contains("red") ? 3 : 0,
                                    text.contains("apple") ? 3 : 0,
                                    text.contains("car") ? 3 : 0));
        }
        return "{\"data\":[" + data + "],\"usage\":{\"total_tokens\":5}}";
    }

    private static String body(RunningJob job, String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(job.rest(path)).build(), BodyHandlers.ofString())
                .body();
    }

    private static boolean holdsNoKey(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return !text.contains(OLD_KEY) && !text.contains(NEW_KEY);
    }
}
