// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.inference.model.Embedder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.TextRole;
import io.streamrank.inference.repository.Device;
import io.streamrank.inference.repository.ModelLayout;
import io.streamrank.inference.repository.ModelSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
                null,
                cache.toString(),
                Duration.ofSeconds(1),
                Device.AUTO);
        try (Embedder model = OnnxModels.embedder(spec).open()) {
            assertThat(model.info().fingerprint())
                    .isEqualTo(OnnxModels.embedder(spec).fingerprint());
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
    void aTextWhoseVectorIsNoNumberSpoilsNoOthers(@TempDir Path folder) throws Exception {
        for (String file : ModelLayout.list(Golden.folder(TINY))) {
            Files.createDirectories(folder.resolve(file).getParent());
            Files.copy(Golden.folder(TINY).resolve(file), folder.resolve(file));
        }
        try (Embedder model = OnnxModels.embedder(Golden.spec(folder)).open()) {
            spoil(
                    folder.resolve("onnx/model.onnx"),
                    model.encode("cat", TextRole.PASSAGE).ids()[1]);
        }
        try (Embedder model = OnnxModels.embedder(Golden.spec(folder)).open()) {
            List<Encoding> batch =
                    List.of(model.encode("dog", TextRole.PASSAGE), model.encode("cat", TextRole.PASSAGE));
            float[][] vectors = model.embed(batch);
            assertThat(vectors[0]).containsExactly(model.embed(batch.subList(0, 1))[0], within(1e-4f));
            assertThat(vectors[1]).contains(Float.NaN);
        }
    }

    /** Makes one token's embedding infinite, in the weights' own bytes. */
    private static void spoil(Path onnx, int token) throws IOException {
        byte[] bytes = Files.readAllBytes(onnx);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        String name = "word_embeddings.weight";
        int at = text.lastIndexOf(name + "J")
                + name.length()
                + 1; // field 9 of an initialiser, after its name: its bytes
        while (bytes[at] < 0) { // the length, seven bits a byte
            at++;
        }
        at++;
        ByteBuffer weights = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        weights.putFloat(at + token * 32 * Float.BYTES, Float.POSITIVE_INFINITY);
        Files.write(onnx, bytes);
    }

    @Test
    void refusesACrossEncoder() {
        assertThatThrownBy(() ->
                        OnnxModels.embedder(Golden.spec("tiny-cross-encoder")).open())
                .isInstanceOf(ModelException.class)
                .hasMessageMatching(
                        "Model file:.*tiny-cross-encoder is not a sentence encoder: its output logits is \\[1, 1\\] for"
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
