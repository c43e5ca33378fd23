// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.Embedder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.TextRole;
import io.streamrank.inference.onnx.split.SplitCrossEncoder;
import io.streamrank.inference.repository.ModelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The built-in models beside the reference implementation. Token ids are equal; 8-bit arithmetic differs between
 * processors, so numbers are near.
 */
class BuiltinModelsTest {
    private static final Path RERANKER = Path.of("../deploy/models/streamrank-minilm-l6-v2");
    private static final String WHOLE = "onnx/model_int8.onnx";

    /** What two kernels for eight bits may differ by. */
    private static final float EIGHT_BITS = 0.25f;

    /** The same for weights of seven bits: no sum saturates, so only floats round differently. The most that was seen is 0.043, on AVX-512. */
    private static final float SEVEN_BITS = 0.05f;

    /** Without VNNI x86 adds up pairs of products in 16 bits, which saturate; the most that was seen on AVX2 is 0.62. */
    private static final float EIGHT_BITS_WITHOUT_VNNI = 0.8f;

    @ParameterizedTest
    @EnumSource
    void theRerankersTokensAreTheReferenceTokenizers(Form form) throws Exception {
        try (CrossEncoder model = form.open()) {
            for (JsonNode golden : Golden.read(form.golden)) {
                Encoding pair = encode(model, golden);
                assertThat(pair.tokens()).isEqualTo(golden.path("tokens").asInt());
                if (golden.has("input_ids")) { // left out of the file where they are many
                    assertThat(pair.ids()).as(golden.path("query").asText()).isEqualTo(ints(golden.path("input_ids")));
                    int second = pair.tokens() - sum(ints(golden.path("token_type_ids")));
                    assertThat(pair.secondSegment()).isEqualTo(second);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theRerankersLogitsAreNearTheReferences(Form form) throws Exception {
        Path cpu = Path.of("/proc/cpuinfo");
        boolean saturates = form == Form.WHOLE_PAIRS
                && Files.exists(cpu)
                && !Files.readString(cpu).contains("vnni");
        float tolerance = saturates ? EIGHT_BITS_WITHOUT_VNNI : form.tolerance;
        try (CrossEncoder model = form.open()) {
            assertThat(model.maxBatchSize()).isEqualTo(1);
            for (JsonNode golden : Golden.read(form.golden)) {
                assertThat(model.logits(List.of(encode(model, golden)))[0])
                        .as(golden.path("query").asText() + " | "
                                + golden.path("text").asText())
                        .isCloseTo((float) golden.path("logit_int8").asDouble(), within(tolerance));
            }
        }
    }

    @Test
    void onACpuTheRerankerReadsEachDocumentOnceUnlessAFileIsNamed(@TempDir Path cache) throws Exception {
        ModelSpec builtIn = Golden.spec("builtin:streamrank-minilm-l6-v2", cache);
        try (CrossEncoder split = OnnxModels.crossEncoder(builtIn).open();
                CrossEncoder whole = OnnxModels.crossEncoder(Golden.spec(builtIn.uri(), WHOLE, cache))
                        .open()) {
            assertThat(split).isInstanceOf(SplitCrossEncoder.class);
            assertThat(whole).isInstanceOf(OnnxCrossEncoder.class);
        }
    }

    @Test
    void theEmbeddersVectorsAreNearTheReferences(@TempDir Path cache) throws Exception {
        try (Embedder model = OnnxModels.embedder(Golden.spec("builtin:bge-small-en-v1.5", cache))
                .open()) {
            for (JsonNode golden : Golden.read("embeddings.jsonl")) {
                if (golden.path("model").asText().equals("bge-small-en-v1.5")) {
                    TextRole role = golden.path("query").asBoolean() ? TextRole.QUERY : TextRole.PASSAGE;
                    Encoding text = model.encode(golden.path("text").asText(), role);
                    assertThat(cosine(model.embed(List.of(text))[0], golden.path("embedding")))
                            .as(golden.path("text").asText())
                            .isGreaterThan(0.98);
                }
            }
        }
    }

    /** Is a form of the built-in reranker. */
    private enum Form {
        READS_EACH_DOCUMENT_ONCE("scores-split.jsonl", null, SEVEN_BITS),
        WHOLE_PAIRS("scores.jsonl", WHOLE, EIGHT_BITS);

        private final String golden;
        private final @Nullable String file;
        private final float tolerance;

        Form(String golden, @Nullable String file, float tolerance) {
            this.golden = golden;
            this.file = file;
            this.tolerance = tolerance;
        }

        private CrossEncoder open() throws ModelException {
            return OnnxModels.crossEncoder(Golden.spec("file:" + RERANKER, file, Path.of("unused")))
                    .open();
        }
    }

    private static Encoding encode(CrossEncoder model, JsonNode golden) {
        return model.encode(golden.path("query").asText(), golden.path("text").asText());
    }

    private static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    private static int sum(int[] values) {
        return IntStream.of(values).sum();
    }

    private static double cosine(float[] vector, JsonNode expected) {
        double dot = 0;
        double square = 0;
        for (int i = 0; i < vector.length; i++) {
            dot += vector[i] * expected.get(i).asDouble();
            square += expected.get(i).asDouble() * expected.get(i).asDouble();
        }
        return dot / Math.sqrt(square);
    }
}
