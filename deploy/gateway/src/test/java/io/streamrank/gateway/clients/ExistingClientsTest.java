// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import com.cohere.api.Cohere;
import com.cohere.api.core.CohereApiException;
import com.cohere.api.errors.BadRequestError;
import com.cohere.api.errors.ForbiddenError;
import com.cohere.api.errors.GatewayTimeoutError;
import com.cohere.api.errors.InternalServerError;
import com.cohere.api.errors.NotFoundError;
import com.cohere.api.errors.ServiceUnavailableError;
import com.cohere.api.errors.TooManyRequestsError;
import com.cohere.api.errors.UnauthorizedError;
import com.cohere.api.requests.RerankRequest;
import com.cohere.api.resources.v2.requests.V2RerankRequest;
import com.cohere.api.types.RerankRequestDocumentsItem;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.cohere.CohereScoringModel;
import dev.langchain4j.model.jina.JinaScoringModel;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.scoring.ScoringModel;
import dev.langchain4j.model.voyageai.VoyageAiScoringModel;
import io.streamrank.gateway.http.ApiKeys;
import io.streamrank.gateway.http.HttpSettings;
import io.streamrank.gateway.testing.TestGateway;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Asks the gateway through the clients that people have, changed in nothing but their base URL. */
class ExistingClientsTest {
    private static final List<String> DOCUMENTS = List.of("a shark bit", "the ship sank at sea", "");

    /** Is cut, which the answer tells in members that not all clients know. */
    private static final String LONG = "the sea ".repeat(200);

    private TestGateway gateway = new TestGateway();

    @AfterEach
    void stop() {
        gateway.close();
    }

    private Cohere cohere() {
        return Cohere.builder().token("any").url(gateway.url()).maxRetries(0).build();
    }

    private static V2RerankRequest request(String query) {
        return V2RerankRequest.builder()
                .model("rerank-v4.0-pro")
                .query(query)
                .documents(DOCUMENTS)
                .topN(2)
                .build();
    }

    @Test
    void coheresClientOfVersion2Ranks() {
        var answer = cohere().v2().rerank(request("the ship sank"));

        assertThat(answer.getResults()).hasSize(2);
        assertThat(answer.getResults().get(0).getIndex()).isEqualTo(1);
        assertThat(answer.getResults().get(0).getRelevanceScore()).isCloseTo(0.7525f, within(1e-4f));
        assertThat(answer.getId()).isPresent();
        assertThat(answer.getMeta().orElseThrow().getBilledUnits().orElseThrow().getSearchUnits())
                .hasValue(1.0);
        assertThat(answer.getMeta().orElseThrow().getWarnings().orElseThrow())
                .containsExactly("1 document has no text to rank by, and so the score 0");
    }

    @Test
    void coheresClientOfVersion1RanksObjectsAndGetsThemBack() {
        RerankRequest request = RerankRequest.builder()
                .query("the ship sank")
                .documents(List.of(
                        RerankRequestDocumentsItem.of(Map.of("text", "a shark bit")),
                        RerankRequestDocumentsItem.of("the ship sank at sea")))
                .returnDocuments(true)
                .topN(1)
                .build();

        var answer = cohere().rerank(request);

        assertThat(answer.getResults()).hasSize(1);
        assertThat(answer.getResults().get(0).getIndex()).isEqualTo(1);
        assertThat(answer.getResults().get(0).getDocument().orElseThrow().getText())
                .isEqualTo("the ship sank at sea");
    }

    @Test
    void coheresClientTellsEachErrorFromTheOthers() {
        assertThatThrownBy(() -> cohere().v2().rerank(request(" "))).isInstanceOf(BadRequestError.class);
        assertThatThrownBy(() -> cohere().v2().rerank(request("overload"))).isInstanceOf(TooManyRequestsError.class);
        assertThatThrownBy(() -> cohere().v2().rerank(request("model_error"))).isInstanceOf(InternalServerError.class);
        assertThatThrownBy(() -> cohere().v2().rerank(request("broken"))).isInstanceOf(ServiceUnavailableError.class);
        assertThatThrownBy(() -> cohere().v2().rerank(request("silent"))).isInstanceOf(GatewayTimeoutError.class);
        assertThatThrownBy(() -> cohere().v2().rerank(request("timeout"))).isInstanceOf(GatewayTimeoutError.class);
        assertThatThrownBy(() -> Cohere.builder()
                        .token("any")
                        .url(gateway.url() + "/elsewhere")
                        .maxRetries(0)
                        .build()
                        .v2()
                        .rerank(request("q")))
                .isInstanceOf(NotFoundError.class);
    }

    @Test
    void coheresClientReadsWhatIsWrong() {
        CohereApiException wrong = catchThrowableOfType(
                CohereApiException.class, () -> cohere().v2().rerank(request(" ")));

        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body().toString()).contains("query must be a text that is not blank");
    }

    @Test
    void coheresClientSendsItsTokenAsTheKey() {
        gateway.close();
        gateway = new TestGateway(
                new HttpSettings(
                        "127.0.0.1",
                        0,
                        new ApiKeys(List.of("right")),
                        null,
                        false,
                        1 << 20,
                        1 << 20,
                        HttpSettings.BODY_TIMEOUT,
                        100),
                16);

        assertThatThrownBy(() -> cohere().v2().rerank(request("q"))).isInstanceOf(UnauthorizedError.class);
        Cohere known = Cohere.builder().token("right").url(gateway.url()).build();
        assertThat(known.v2().rerank(request("the ship sank")).getResults()).hasSize(2);
        assertThatThrownBy(() -> known.datasets().delete("d"))
                .isInstanceOfAny(NotFoundError.class, ForbiddenError.class, CohereApiException.class);
    }

    static Stream<String> langChain4j() {
        return Stream.of("cohere", "jina", "voyage");
    }

    private ScoringModel model(String name) {
        return switch (name) {
            case "cohere" ->
                CohereScoringModel.builder()
                        .baseUrl(gateway.url() + "/v1/")
                        .apiKey("any")
                        .modelName("rerank-english-v3.0")
                        .maxRetries(0)
                        .build();
            case "jina" ->
                JinaScoringModel.builder()
                        .baseUrl(gateway.url() + "/v1/")
                        .apiKey("any")
                        .modelName("jina-reranker-v2-base-multilingual")
                        .maxRetries(0)
                        .build();
            default ->
                VoyageAiScoringModel.builder()
                        .baseUrl(gateway.url() + "/voyage/v1/")
                        .apiKey("any")
                        .modelName("rerank-2")
                        .maxRetries(0)
                        .build();
        };
    }

    @ParameterizedTest
    @MethodSource("langChain4j")
    void langChain4jGetsAScoreForEachDocumentInTheirOrder(String client) {
        List<TextSegment> segments = Stream.of("a shark bit", "the ship sank at sea", LONG)
                .map(TextSegment::from)
                .toList();

        Response<List<Double>> scores = model(client).scoreAll(segments, "the ship sank");

        assertThat(scores.content()).hasSize(3);
        assertThat(scores.content().get(1)).isCloseTo(0.7525, within(1e-4));
        assertThat(scores.content().get(0)).isLessThan(0.3);
        assertThat(gateway.job.asked()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "cohere,overload,429", "cohere,model_error,500", "cohere,silent,504", "cohere,broken,503",
        "jina,overload,429", "jina,model_error,500", "jina,silent,504", "jina,broken,503",
        "voyage,overload,429", "voyage,model_error,500", "voyage,silent,504", "voyage,broken,503"
    })
    void langChain4jFailsInsteadOfTakingARefusalForScores(String client, String query, int status) {
        List<TextSegment> segments = List.of(TextSegment.from("a"));

        Throwable failure =
                catchThrowableOfType(Throwable.class, () -> model(client).scoreAll(segments, query));

        assertThat(failure).isNotNull();
        assertThat(failure).hasStackTraceContaining(expected(query));
        assertThat(status).isGreaterThanOrEqualTo(429);
    }

    /** The words of the gateway's message, which each client passes on. */
    private static String expected(String query) {
        return switch (query) {
            case "overload" -> "the job is overloaded";
            case "model_error" -> "the model failed";
            case "silent" -> "no answer came in time";
            default -> "Kafka does not take the query";
        };
    }
}
