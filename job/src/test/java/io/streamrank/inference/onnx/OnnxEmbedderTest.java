// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.inference.Embedder;
import io.streamrank.inference.Encoding;
import io.streamrank.inference.ModelException;
import io.streamrank.inference.TextRole;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxEmbedderTest {
    private static final String TINY = "tiny-bi-encoder";

    @Test
    void vectorsEqualTheReferenceImplementationsAloneAndInABatch() throws Exception {
        try (Embedder model = OnnxModels.embedder(Golden.spec(TINY)).open()) {
            List<JsonNode> goldens = Golden.records(TINY);
            List<Encoding> batch = new ArrayList<>();
            for (JsonNode golden : goldens) {
                Encoding text = model.encode(golden.path("text").asText(), TextRole.PASSAGE);
                assertNear(model.embed(List.of(text))[0], golden);
                batch.add(text);
            }
            float[][] vectors = model.embed(batch);
            for (int i = 0; i < vectors.length; i++) {
                assertNear(vectors[i], goldens.get(i));
            }
        }
    }

    @Test
    void theBuiltInModelPutsTheAnswerNearTheQuestion(@TempDir Path cache) throws Exception {
        ModelSpec spec = new ModelSpec(
                "builtin:bge-small-en-v1.5",
                null,
                null,
                null,
                null,
                null,
                null,
                cache.toString(),
                Duration.ofSeconds(1),
                Device.AUTO);
        try (Embedder model = OnnxModels.embedder(spec).open()) {
            assertThat(model.dimension()).isEqualTo(384);
            assertThat(model.maxBatchSize()).isEqualTo(1);
            assertThat(model.info().maxTokens()).isEqualTo(512);
            float[] question = embed(model, "how do I bake bread", TextRole.QUERY);
            float[] answer = embed(model, "Put the dough into a hot oven for half an hour.", TextRole.PASSAGE);
            float[] other = embed(model, "The parliament met on Tuesday.", TextRole.PASSAGE);
            assertThat(dot(question, question)).isCloseTo(1, within(1e-5));
            assertThat(dot(question, answer)).isGreaterThan(dot(question, other) + 0.05);
            assertThat(model.encode("a", TextRole.QUERY).tokens())
                    .isGreaterThan(model.encode("a", TextRole.PASSAGE).tokens());
        }
    }

    @Test
    void refusesACrossEncoder() {
        assertThatThrownBy(() ->
                        OnnxModels.embedder(Golden.spec("tiny-cross-encoder")).open())
                .isInstanceOf(ModelException.class)
                .hasMessageMatching(
                        "Model file:.*tiny-cross-encoder is no sentence encoder: its output logits is \\[1, 1\\] for"
                                + " one text, .* choose a bi-encoder\\.");
    }

    private static float[] embed(Embedder model, String text, TextRole role) throws Exception {
        return model.embed(List.of(model.encode(text, role)))[0];
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void assertNear(float[] vector, JsonNode golden) {
        JsonNode expected = golden.path("embedding");
        assertThat(vector).hasSize(expected.size());
        for (int i = 0; i < vector.length; i++) {
            assertThat(vector[i])
                    .as(golden.toString())
                    .isCloseTo((float) expected.get(i).asDouble(), within(1e-4f));
        }
    }
}
