// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.streamrank.event.Document;
import io.streamrank.event.Field;
import io.streamrank.event.Hit;
import io.streamrank.event.Query;
import io.streamrank.event.RankedResult;
import io.streamrank.event.Retrieval;
import io.streamrank.event.Timing;
import io.streamrank.event.Usage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.IntStream;

/** Whatever a query said, another reader of JSON finds it in its answer. */
final class AnswerRoundTrip {
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final RankedResultCodec CODEC = new RankedResultCodec();

    void assertThatAllComesBack(Query query) {
        List<Document> documents = query.documents() == null ? List.of() : query.documents();
        RankedResult answer = answer(query, documents);
        byte[] whole = CODEC.encode(answer);
        JsonNode json = read(whole);
        assertThat(json.path("id").textValue()).isEqualTo(query.id());
        assertThat(json.path("query").textValue()).isEqualTo(query.text());
        assertThat(json.path("results")).hasSize(documents.size());
        for (int i = 0; i < documents.size(); i++) {
            assertThatItComesBack(documents.get(i), json.path("results").get(i).path("document"));
        }
        byte[] within = CODEC.encode(answer, whole.length - 1);
        assertThat(within.length < whole.length || documents.isEmpty()).isTrue();
        JsonNode usage = read(within).path("usage");
        assertThat(usage.path("omitted_documents").asInt()
                        + usage.path("omitted_hits").asInt())
                .isEqualTo(documents.size());
    }

    private static void assertThatItComesBack(Document document, JsonNode json) {
        assertThat(json.path("id").textValue()).isEqualTo(document.id());
        for (Field field : document.fields()) {
            assertThat(json.path(field.name()).textValue()).isEqualTo(field.text());
        }
        assertThat(json.has("metadata")).isEqualTo(document.metadata() != null);
        if (document.metadata() != null) {
            assertThat(json.path("metadata")).isEqualTo(read(document.metadata().getBytes(UTF_8)));
        }
    }

    private static RankedResult answer(Query query, List<Document> documents) {
        List<Hit> hits = IntStream.range(0, documents.size())
                .mapToObj(i ->
                        new Hit(i, documents.get(i).id(), 0.5, null, documents.get(i), new Retrieval(i, Double.NaN)))
                .toList();
        return new RankedResult(
                query.origin(),
                query.id(),
                query.text(),
                "m",
                hits,
                null,
                new Usage(0, 0, 0),
                new Timing(0, 0, 0, 0, 0));
    }

    private static JsonNode read(byte[] json) {
        try {
            return STRICT.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
