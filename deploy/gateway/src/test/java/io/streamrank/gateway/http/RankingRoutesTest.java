// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import static io.streamrank.gateway.testing.TestGateway.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.gateway.testing.FakeJob;
import io.streamrank.gateway.testing.TestGateway;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RankingRoutesTest {
    private static final String WARNING = "X-API-Warning";

    static final String TWO =
            "{\"query\":\"who sank\",\"documents\":[\"The shark bit.\",\"who sank? The ship sank.\"]%s}";

    private static final List<String> MANY_NAMES =
            IntStream.range(0, 64).mapToObj(i -> "name-" + i).toList();

    private final TestGateway gateway = new TestGateway();

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
                "/v2/rerank", TWO.formatted(",\"top_n\":-1"), 400, "top_n must be a whole number from 0 but is -1");
        assertRefused(
                "/v2/rerank",
                TWO.formatted(",\"return_documents\":1"),
                400,
                "return_documents must be true or false but is 1");
        assertRefused(
                "/v1/rerank", TWO.formatted(",\"rank_fields\":[1]"), 400, "rank_fields[0] must be a text but is 1");
        assertRefused(
                "/v1/rerank",
                TWO.formatted(",\"rank_fields\":[\"" + "a\",\"".repeat(99) + "a\",\"" + String.join("\",\"", MANY_NAMES)
                        + "\"]"),
                400,
                "rank_fields names 65 fields but at most 64 are allowed");
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
    void aMisspeltRankFieldIsTold() throws Exception {
        String documents = ",\"documents\":[{\"title\":\"a\"},{\"title\":\"b\",\"plot\":null},\"c\"]}";

        assertWarned("/v1/rerank", "{\"query\":\"q\",\"rank_fields\":[\"title\",\"plot\",\"text\"]" + documents);
        assertWarned(
                "/v1/rerank",
                "{\"query\":\"q\",\"rank_fields\":[\"titel\",\"title\",\"title,plot\"]" + documents,
                "rank_fields: no document has \"titel\", \"title,plot\"");
        assertWarned(
                "/v2/rerank",
                "{\"query\":\"q\",\"rank_fields\":[\"titel\"]" + documents,
                "rank_fields: no document has \"titel\"",
                "2 documents have no text to rank by, and so the score 0");
    }

    @Test
    void manyWarningsAreCountedAndTheHeaderIsCutAndInAscii() throws Exception {
        String names = IntStream.range(0, 12)
                .mapToObj(i -> "\"" + i + "ü".repeat(150) + "\"")
                .collect(Collectors.joining(","));
        HttpResponse<String> response = gateway.post(
                "/v1/rerank", "{\"query\":\"q\",\"rank_fields\":[" + names + "],\"documents\":[{\"title\":\"a\"}]}");

        assertThat(json(response).at("/meta/warnings/0").asText())
                .startsWith("rank_fields: no document has \"0üü")
                .endsWith("üü… and 2 more");
        assertThat(response.headers().firstValue(WARNING).orElseThrow())
                .matches("rank_fields: no document has \"0\\?{2}[ -~]+\\.\\.\\.")
                .hasSize(1_003);
    }

    @Test
    void aDocumentThatIsNeitherTextNorObjectKeepsItsPlace() throws Exception {
        HttpResponse<String> response = assertWarned(
                "/v2/rerank",
                "{\"query\":\"who sank\",\"return_documents\":true,\"documents\":[1,\"who sank\",[true],false]}",
                "documents[0] must be a text or an object but is 1, so it was not read",
                "documents[2] must be a text or an object but is [true], so it was not read",
                "documents[3] must be a text or an object but is false, so it was not read",
                "3 documents have no text to rank by, and so the score 0");

        assertThat(json(response).path("results")).hasSize(4);
        assertThat(json(response).at("/results/0/index").asInt()).isEqualTo(1);
        assertThat(json(response).at("/results/1/document/text").asText()).isEqualTo("1");
        assertThat(json(response).at("/results/2/document/text").asText()).isEqualTo("[true]");
        assertThat(json(response).at("/results/3/relevance_score").asDouble(-1)).isZero();

        HttpResponse<String> twelve =
                gateway.post("/v1/rerank", "{\"query\":\"q\",\"documents\":[1,2,3,4,5,6,7,8,9,10,11,12]}");
        assertThat(json(twelve).at("/meta/warnings")).hasSize(12);
        assertThat(json(twelve).at("/meta/warnings/10").asText())
                .isEqualTo(
                        "documents has 2 more elements that must be texts or objects but are not, so they were not read");
    }

    @Test
    void whatTheScoresDoNotShowIsTold() throws Exception {
        assertWarned("/v2/rerank", TWO.formatted(""));
        assertWarned(
                "/v2/rerank",
                "{\"query\":\"q\",\"documents\":[null,\"a\",\" \"]}",
                "2 documents have no text to rank by, and so the score 0");
        assertWarned(
                "/v2/rerank",
                "{\"query\":\"q\",\"documents\":[\"" + "x ".repeat(1_000) + "\"]}",
                "1 document was not read whole with the query, as the document, the query or both are too long");
        assertWarned(
                "/v2/rerank",
                "{\"query\":\"cascade\",\"documents\":[\"a\",\"b\",\"c\",\"\"]}",
                "1 document has no text to rank by, and so the score 0",
                "2 documents have the score 0, as the job's cascade kept others");
    }

    @Test
    void aDocumentBeyondALimitIsTold() throws Exception {
        HttpResponse<String> response =
                gateway.post("/v2/rerank", "{\"query\":\"q\",\"documents\":[\"a\",\"" + "x".repeat(262_145) + "\"]}");

        assertThat(json(response).at("/results/1/index").asInt()).isEqualTo(1);
        assertThat(json(response).at("/meta/warnings/0").asText())
                .isEqualTo("documents[1] holds 262145 characters but at most 262144 are allowed: \"" + "x".repeat(80)
                        + "…\"");
        assertThat(json(response).at("/meta/warnings/1").asText())
                .isEqualTo("1 document has no text to rank by, and so the score 0");
        assertThat(response.headers().firstValue(WARNING).orElseThrow()).contains("are allowed: \"xxx", "x...\"; 1 ");
    }

    @Test
    void formatsWithoutAPlaceForWarningsHaveThemInTheHeader() throws Exception {
        assertWarned(
                "/voyage/v1/rerank",
                "{\"query\":\"q\",\"documents\":[\"a\",\"\"]}",
                "1 document has no text to rank by, and so the score 0");
        assertWarned(
                "/rerank",
                "{\"query\":\"q\",\"texts\":[\"a\",7],\"raw_scores\":true}",
                "texts[1] must be a text or an object but is 7, so it was not read",
                "1 document has no text to rank by, and so the least score");
    }

    /** Asks, and expects the sentences in the header, and in the body if it has a place for them. */
    private HttpResponse<String> assertWarned(String path, String body, String... warnings) throws Exception {
        HttpResponse<String> response = gateway.post(path, body);
        assertThat(response.statusCode()).as(body).isEqualTo(200);
        if (warnings.length == 0) {
            assertThat(response.headers().firstValue(WARNING)).as(body).isEmpty();
        } else {
            assertThat(response.headers().firstValue(WARNING)).as(body).hasValue(String.join("; ", warnings));
        }
        JsonNode meta = json(response).path("meta");
        if (meta.isObject()) {
            assertThat(meta.has("warnings")).as(body).isEqualTo(warnings.length > 0);
            assertThat(meta.path("warnings")).extracting(JsonNode::asText).containsExactly(warnings);
        }
        return response;
    }

    @Test
    void rawScoresOfAHostedModelAreTheLogitsOfItsScores() throws Exception {
        JsonNode answer = json(gateway.post(
                "/rerank", "{\"query\":\"hosted who\",\"texts\":[\"none\",\"\",\"who\"],\"raw_scores\":true}"));

        assertThat(answer).extracting(result -> result.path("index").asInt()).containsExactly(2, 0, 1);
        assertThat(answer.at("/0/score").asDouble()).isCloseTo(-0.6782, within(1e-4));
        assertThat(answer.at("/1/score").asDouble()).isCloseTo(-5.7004, within(1e-4));
        assertThat(answer.at("/2/score")).isEqualTo(answer.at("/1/score"));
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
    void theNativePathTellsWhatAQueryWithDocumentsHasNoUseForFromWhatIsUnknown() throws Exception {
        JsonNode answer = json(gateway.post(
                "/v1/search",
                "{\"query\":\"toys\",\"documents\":[\"a\",{\"text\":\"b\",\"embedding\":[1]}],\"filter\":{\"year\":1},"
                        + "\"candidates\":5,\"retrieval\":\"dense\",\"embedding\":[1,2],\"topn\":3}"));

        assertThat(answer.path("warnings"))
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrder(
                        "filter was not used, as the query brings its own documents",
                        "candidates was not used, as the query brings its own documents",
                        "retrieval was not used, as the query brings its own documents",
                        "embedding was not used, as the query brings its own documents",
                        "topn is unknown and was not used",
                        "documents[1].embedding was not used, as the documents of a query are ranked by their texts alone");
    }
}
