// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.cohere.api.Cohere;
import com.cohere.api.resources.v2.requests.V2RerankRequest;
import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.cohere.CohereScoringModel;
import dev.langchain4j.model.jina.JinaScoringModel;
import dev.langchain4j.model.scoring.ScoringModel;
import dev.langchain4j.model.voyageai.VoyageAiScoringModel;
import io.streamrank.codec.Limits;
import io.streamrank.gateway.GatewayConfig;
import io.streamrank.gateway.GatewayServer;
import io.streamrank.gateway.http.HttpSettings;
import io.streamrank.gateway.kafka.KafkaSettings;
import io.streamrank.gateway.query.Timeouts;
import io.streamrank.local.cluster.EmbeddedKafka;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gateway in front of the job with its models, and clients that people have. */
class GatewayITCase {
    /** As Cohere's documentation has them. */
    private static final String QUERY = "What is the capital of the United States?";

    private static final List<String> DOCUMENTS = List.of(
            "Carson City is the capital city of the American state of Nevada.",
            "The Commonwealth of the Northern Mariana Islands is a group of islands in the Pacific Ocean. Its capital is Saipan.",
            "Capitalization or capitalisation in English grammar is the use of a capital letter at the start of a word.",
            "Washington, D.C. (also known as simply Washington or D.C., and officially as the District of Columbia) is the capital of the United States. It is a federal district.",
            "Capital punishment has existed in the United States since before the United States was a country.");

    private static EmbeddedKafka kafka;
    private static GatewayServer first;
    private static GatewayServer second;
    private static RunningJob job;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws Exception {
        kafka = EmbeddedKafka.start();
        first = gateway(0);
        second = gateway(1);
        job = new RunningJob(kafka.bootstrapServers(), Map.of("delivery", "exactly-once"));
        job.submit();
        // The first answer waits for the models.
        Awaitility.await("the job to answer")
                .atMost(RunningJob.PATIENCE)
                .until(() -> post(first, "/v1/search", "{\"query\":\"ready?\",\"timeout\":5}")
                                .statusCode()
                        == 200);
    }

    private static GatewayServer gateway(int partition) throws Exception {
        KafkaSettings topics = new KafkaSettings(
                kafka.bootstrapServers(), Map.of(), "queries", "documents", KafkaSettings.REPLIES, partition, 2);
        HttpSettings open = new HttpSettings(
                "127.0.0.1",
                0,
                null,
                null,
                true,
                HttpSettings.MAX_BODY_BYTES,
                HttpSettings.MAX_UPLOAD_BYTES,
                HttpSettings.BODY_TIMEOUT,
                100);
        // A busy machine degrades nothing here.
        Timeouts patient = new Timeouts(Duration.ofSeconds(50), Duration.ofSeconds(60));
        return GatewayServer.start(new GatewayConfig(open, topics, patient, Limits.defaults(), 64));
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable each : Stream.of(first, second, job, kafka).toList()) {
            if (each != null) {
                each.close();
            }
        }
    }

    @Test
    void coheresClientGetsTheCapital() {
        Cohere cohere = Cohere.builder()
                .token("any")
                .url(first.address().toString())
                .timeout(60)
                .build();

        var answer = cohere.v2()
                .rerank(V2RerankRequest.builder()
                        .model("rerank-v4.0-pro")
                        .query(QUERY)
                        .documents(DOCUMENTS)
                        .topN(3)
                        .build());

        assertThat(answer.getResults()).hasSize(3);
        assertThat(answer.getResults().get(0).getIndex()).isEqualTo(3);
        assertThat(answer.getResults().get(0).getRelevanceScore()).isBetween(0.5f, 1f);
    }

    @Test
    void langChain4jsClientsScoreEachSegment() {
        String base = first.address().toString();
        List<ScoringModel> clients = List.of(
                CohereScoringModel.builder()
                        .baseUrl(base + "/v1/")
                        .apiKey("any")
                        .modelName("rerank-english-v3.0")
                        .build(),
                JinaScoringModel.builder()
                        .baseUrl(base + "/v1/")
                        .apiKey("any")
                        .modelName("jina-reranker-v2-base-multilingual")
                        .build(),
                VoyageAiScoringModel.builder()
                        .baseUrl(base + "/voyage/v1/")
                        .apiKey("any")
                        .modelName("rerank-2")
                        .build());
        List<TextSegment> segments = DOCUMENTS.stream().map(TextSegment::from).toList();

        List<List<Double>> scores = new ArrayList<>();
        clients.forEach(client -> scores.add(client.scoreAll(segments, QUERY).content()));

        assertThat(scores.get(0)).hasSize(5);
        assertThat(scores.get(0).get(3)).isGreaterThan(scores.get(0).get(0));
        assertThat(scores).containsOnly(scores.get(0));
    }

    @Test
    void eachReplicaGetsItsOwnReplies() throws Exception {
        for (int i = 0; i < 20; i += 2) {
            String query = "{\"id\":%d,\"query\":\"ship\",\"documents\":[\"ship %d\"]}";
            CompletableFuture<HttpResponse<String>> byFirst =
                    HTTP.sendAsync(request(first, "/v1/search", query.formatted(i, i)), BodyHandlers.ofString());
            CompletableFuture<HttpResponse<String>> bySecond = HTTP.sendAsync(
                    request(second, "/v1/search", query.formatted(i + 1, i + 1)), BodyHandlers.ofString());

            assertThat(json(byFirst.get()).path("id").asText()).isEqualTo(Integer.toString(i));
            assertThat(json(bySecond.get()).path("id").asText()).isEqualTo(Integer.toString(i + 1));
        }
        assertThat(second.partition()).isEqualTo(1);
    }

    @Test
    void aDocumentIsFoundOnceItIsWrittenAndNoMoreOnceItIsDeleted() throws Exception {
        HttpResponse<String> written = post(
                first,
                "/v1/documents",
                "[{\"id\":\"m/1\",\"collection\":\"films\",\"title\":\"A toy cowboy meets a space ranger\"},{\"title\":\"no id\"}]");
        assertThat(written.statusCode()).isEqualTo(202);
        assertThat(json(written).path("accepted").asInt()).isEqualTo(1);

        String search = "{\"query\":\"cowboy\",\"collection\":\"films\",\"return_documents\":true}";
        Awaitility.await().atMost(RunningJob.PATIENCE).untilAsserted(() -> {
            JsonNode answer = json(post(second, "/v1/search", search));
            assertThat(answer.at("/results/0/id").asText()).isEqualTo("m/1");
            assertThat(answer.at("/results/0/document/title").asText()).startsWith("A toy cowboy");
        });

        HttpRequest delete = HttpRequest.newBuilder(first.address().resolve("/v1/documents/m%2F1?collection=films"))
                .DELETE()
                .build();
        assertThat(HTTP.send(delete, BodyHandlers.ofString()).statusCode()).isEqualTo(202);
        Awaitility.await()
                .atMost(RunningJob.PATIENCE)
                .until(() ->
                        json(post(second, "/v1/search", search)).path("results").isEmpty());
    }

    @Test
    void theSenderOfARefusedQueryIsToldOnTheReplyTopicAtOnce() throws Exception {
        TopicHelper.create(kafka.bootstrapServers(), "unused");
        byte[] id = {1, 2, 3};
        for (String topic : List.of(KafkaSettings.REPLIES, "unused")) {
            job.send(
                    "queries",
                    "wrong",
                    "{\"id\":\"q-9\",\"query\":17}",
                    new RecordHeader("kafka_replyTopic", topic.getBytes(UTF_8)),
                    new RecordHeader("kafka_replyPartition", new byte[] {0, 0, 0, 1}),
                    new RecordHeader("kafka_correlationId", id));
        }
        job.flush();

        ConsumerRecord<byte[], byte[]> told = Awaitility.await()
                .atMost(RunningJob.PATIENCE)
                .until(
                        () -> CommittedRecords.read(kafka.bootstrapServers(), KafkaSettings.REPLIES, 1).stream()
                                .filter(record -> new String(record.value(), UTF_8).contains("q-9"))
                                .findFirst()
                                .orElse(null),
                        record -> record != null);

        assertThat(new String(told.value(), UTF_8))
                .isEqualTo(
                        "{\"id\":\"q-9\",\"error\":{\"code\":\"wrong-type\",\"message\":\"query must be a text but is the number 17\"}}");
        assertThat(told.partition()).isEqualTo(1);
        assertThat(told.key()).isEqualTo("wrong".getBytes(UTF_8));
        assertThat(told.headers().lastHeader("kafka_correlationId").value()).isEqualTo(id);
        assertThat(job.read("dead-letters", 2)).hasSize(2);
    }

    @Test
    void tellsWhichModelRanks() throws Exception {
        JsonNode models = json(get(first, "/v1/models"));

        assertThat(models.at("/data/0/id").asText()).isEqualTo("builtin:streamrank-minilm-l6-v2");
        assertThat(json(get(first, "/health")).path("job").asText()).isEqualTo("answers");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "docs/metrics.md",
                "deploy/observability/rules.yml",
                "deploy/observability/grafana/streamrank.json"
            })
    void exportsTheMetricsThatTheirPageAlertsAndDashboardName(String file) throws Exception {
        String exported = get(first, "/metrics").body();

        assertThat(Pattern.compile("streamrank_gateway_\\w+")
                        .matcher(Files.readString(Path.of("..", "..").resolve(file)))
                        .results()
                        .map(MatchResult::group))
                .isNotEmpty()
                .allSatisfy(
                        name -> assertThat(exported).containsPattern("(?m)^" + name + "[ {]|^# TYPE " + name + " "));
    }

    private static HttpRequest request(GatewayServer gateway, String path, String body) {
        return HttpRequest.newBuilder(gateway.address().resolve(path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    private static HttpResponse<String> post(GatewayServer gateway, String path, String body) throws Exception {
        return HTTP.send(request(gateway, path, body), BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(GatewayServer gateway, String path) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(gateway.address().resolve(path)).build(), BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) throws Exception {
        return RunningJob.JSON.readTree(response.body());
    }
}
