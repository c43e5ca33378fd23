// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import static io.streamrank.gateway.testing.TestGateway.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.gateway.testing.TestGateway;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DocumentRoutesTest {
    private TestGateway gateway = TestGateway.open();

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void nobodyWritesDocumentsWithoutAKeyOfTheirOwn() throws Exception {
        gateway.close();
        gateway = new TestGateway();

        assertThat(gateway.post("/v1/documents", "[]").statusCode()).isEqualTo(403);
        assertThat(gateway.delete("/v1/documents/a").statusCode()).isEqualTo(403);
        assertThat(gateway.documents).isEmpty();
    }

    @Test
    void documentsAreWrittenAndTheWrongOnesListed() throws Exception {
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
    void whatWasNotUsedOfAWrittenDocumentIsTold() throws Exception {
        HttpResponse<String> lines = gateway.post("/v1/documents", """
                {"id":"1","fields":{"title":"a"},"year":1997}
                {"id":"2","fields":{"title":"b"},"year":1997,"genre":"c"}
                {"id":"3","title":"flat","year":1997}
                """, "Content-Type", "application/x-ndjson");

        assertThat(json(lines).path("accepted").asInt()).isEqualTo(3);
        assertThat(json(lines).path("warnings").toString())
                .isEqualTo(
                        "[{\"line\":1,\"message\":\"year is unknown and was not used: put it into fields or metadata\"},"
                                + "{\"line\":2,\"message\":\"year, genre are unknown and were not used: put them into fields or metadata\"}]");
        assertThat(json(gateway.post("/v1/documents", "{\"id\":\"4\",\"title\":\"a\"}"))
                        .has("warnings"))
                .isFalse();
    }

    @Test
    void aDocumentThatReplacesAnotherOneOfTheRequestIsTold() throws Exception {
        HttpResponse<String> array = gateway.post(
                "/v1/documents",
                "[{\"id\":1,\"title\":\"a\"},{\"id\":\"1\",\"collection\":\"c\",\"title\":\"b\"},{\"id\":\"1\",\"title\":\"c\"}]");

        assertThat(json(array).path("accepted").asInt()).isEqualTo(3);
        assertThat(json(array).path("warnings").toString())
                .isEqualTo(
                        "[{\"index\":2,\"message\":\"replaces the document of index 0, which has the same id and collection\"}]");
    }

    @Test
    void moreThanAHundredWarningsAreCounted() throws Exception {
        String documents = "{\"id\":\"1\",\"title\":\"a\"},".repeat(103) + "{\"id\":\"2\",\"title\":\"b\"}";

        JsonNode warnings =
                json(gateway.post("/v1/documents", "[" + documents + "]")).path("warnings");

        assertThat(warnings).hasSize(101);
        assertThat(warnings.path(100).toString()).isEqualTo("{\"message\":\"and 2 more warnings\"}");
    }

    @Test
    void aDeleteIsAnEmptyRecord() throws Exception {
        assertThat(gateway.delete("/v1/documents/a%20b?collection=movies").statusCode())
                .isEqualTo(202);
        assertThat(gateway.delete("/v1/documents/17").statusCode()).isEqualTo(202);
        assertThat(gateway.delete("/v1/documents/a?collection=b/c").statusCode())
                .isEqualTo(400);

        assertThat(gateway.documents).containsExactly("movies/a b=null", "17=null");
    }
}
