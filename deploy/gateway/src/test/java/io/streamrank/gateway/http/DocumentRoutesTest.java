// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import static io.streamrank.gateway.testing.TestGateway.json;
import static org.assertj.core.api.Assertions.assertThat;

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
    void aDeleteIsAnEmptyRecord() throws Exception {
        assertThat(gateway.delete("/v1/documents/a%20b?collection=movies").statusCode())
                .isEqualTo(202);
        assertThat(gateway.delete("/v1/documents/17").statusCode()).isEqualTo(202);
        assertThat(gateway.delete("/v1/documents/a?collection=b/c").statusCode())
                .isEqualTo(400);

        assertThat(gateway.documents).containsExactly("movies/a b=null", "17=null");
    }
}
