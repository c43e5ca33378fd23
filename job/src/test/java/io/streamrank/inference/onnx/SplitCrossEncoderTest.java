// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.inference.Models;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.CrossEncoder.KeptDocuments;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.LongDocuments;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairOutcome.Scored;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.inference.repository.Device;
import io.streamrank.inference.repository.ModelSpec;
import io.streamrank.inference.service.PassageReranker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.FileUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reference is one graph with the block mask inside, in PyTorch. */
class SplitCrossEncoderTest {
    private static final String TINY = "tiny-split-cross-encoder";
    private static final String ENCODER = "onnx/encoder.onnx";
    private static final String INT8 = "onnx/encoder_int8.onnx";
    private static final float TOLERANCE = 1e-3f;
    private static final long CACHE = 1 << 20;

    @TempDir
    private Path directory;

    @Test
    void logitsEqualTheReferencesWithAndWithoutWhatIsKept() throws Exception {
        try (CrossEncoder model = open(ENCODER).keepingDocuments(CACHE)) {
            for (int round = 0; round < 2; round++) {
                for (JsonNode golden : goldens()) {
                    assertThat(logit(model, golden))
                            .as(golden.toString())
                            .isCloseTo((float) golden.path("logit").asDouble(), within(TOLERANCE));
                }
            }
            assertThat(model.keptDocuments().hits())
                    .isGreaterThanOrEqualTo(goldens().size());
        }
    }

    @Test
    void theSameModelInOneGraphHasTheSameLogits() throws Exception {
        try (CrossEncoder model = open("onnx/model.onnx")) {
            assertThat(model.maxBatchSize()).isEqualTo(Integer.MAX_VALUE);
            List<Encoding> batch = new ArrayList<>();
            for (JsonNode golden : goldens()) {
                batch.add(encode(model, golden));
            }
            float[] logits = model.logits(batch);
            for (int i = 0; i < logits.length; i++) {
                assertThat(logits[i])
                        .isCloseTo((float) goldens().get(i).path("logit").asDouble(), within(TOLERANCE));
            }
            assertThat(model.keepingDocuments(CACHE)).isSameAs(model);
            assertThat(model.keptDocuments()).isEqualTo(KeptDocuments.NONE);
        }
    }

    @Test
    void inInt8AKnownDocumentGivesTheSameLogitBitForBit() throws Exception {
        try (CrossEncoder model = open(INT8);
                CrossEncoder again = open(INT8).keepingDocuments(CACHE)) {
            for (JsonNode golden : goldens()) {
                float logit = logit(model, golden);
                assertThat(logit(again, golden)).isEqualTo(logit);
                assertThat(logit(again, golden)).isEqualTo(logit);
                // ONNX Runtime's kernels round differently on other CPUs
                assertThat(logit).isCloseTo((float) golden.path("logit_int8").asDouble(), within(0.3f));
            }
            assertThat(model.keptDocuments().hits()).isZero();
            assertThat(again.keptDocuments().misses()).isEqualTo(distinctDocuments());
            assertThat(again.maxBatchSize()).isEqualTo(1);
        }
    }

    @Test
    void eachTextIsCutForItself() throws Exception {
        try (CrossEncoder model = open(ENCODER)) {
            for (JsonNode golden : goldens()) {
                Encoding pair = encode(model, golden);
                assertThat(pair.secondSegment())
                        .isEqualTo(golden.path("query_tokens").asInt());
                assertThat(pair.tokens() - pair.secondSegment())
                        .isEqualTo(golden.path("document_tokens").asInt());
                assertThat(pair.truncated()).isEqualTo(golden.path("truncated").asBoolean());
            }
            Encoding both = model.encode("tea ".repeat(700), "tea ".repeat(700));
            assertThat(both.tokens()).isEqualTo(128 + 480);
        }
    }

    @Test
    void maxTokensIsALimitOfPositions() throws Exception {
        ModelSpec shorter = spec(Golden.folder(TINY), ENCODER, 64, Device.AUTO);
        try (CrossEncoder model = OnnxModels.crossEncoder(shorter).open()) {
            Encoding pair = model.encode("tea ".repeat(700), "tea ".repeat(700));
            assertThat(pair.secondSegment()).isEqualTo(64);
            assertThat(pair.tokens()).isEqualTo(64 + 32);
            assertThat(model.logits(List.of(pair))[0]).isFinite();
        }
        ModelSpec none = spec(Golden.folder(TINY), ENCODER, 33, Device.AUTO);
        assertThatThrownBy(() -> OnnxModels.crossEncoder(none).open())
                .isInstanceOf(ModelException.class)
                .hasMessageMatching(
                        "Model file:.* cannot read 33 tokens: the first token of a document has position 32,"
                                + " so max-tokens must be at least 34\\.");
    }

    @Test
    void takesTheGraphsOfFullPrecisionByItself() throws Exception {
        try (CrossEncoder model = open(null)) {
            assertThat(logit(model, goldens().get(0)))
                    .isCloseTo((float) goldens().get(0).path("logit").asDouble(), within(TOLERANCE));
            assertThat(model.maxBatchSize()).isEqualTo(1);
        }
    }

    @Test
    void theFingerprintKnowsBothGraphs() throws Exception {
        String before = OnnxModels.crossEncoder(spec(copy(), INT8)).fingerprint();
        Path changed = copy();
        Files.copy(
                changed.resolve("onnx/joint.onnx"),
                changed.resolve("onnx/joint_int8.onnx"),
                StandardCopyOption.REPLACE_EXISTING);
        assertThat(OnnxModels.crossEncoder(spec(changed, INT8)).fingerprint()).isNotEqualTo(before);
    }

    @Test
    void refusesGraphsThatDoNotBelongTogether() throws Exception {
        Path mixed = copy();
        Files.move(mixed.resolve("onnx/joint_int8.onnx"), mixed.resolve("onnx/joint_x.onnx"));
        Files.move(mixed.resolve("onnx/encoder.onnx"), mixed.resolve("onnx/encoder_x.onnx"));
        assertThatThrownBy(() -> OnnxModels.crossEncoder(spec(mixed, "onnx/encoder_x.onnx"))
                        .open())
                .isInstanceOf(ModelException.class)
                .hasMessageMatching("Model file:.* cannot be used: its joint graph takes the inputs"
                        + " \\[document_scales, document_states_int8, query_states\\], of which its encoder gives"
                        + " \\[states\\]; export both graphs together, with split.py of the recipe\\.");
        Path swapped = copy();
        Files.move(swapped.resolve("onnx/joint.onnx"), swapped.resolve("onnx/encoder_y.onnx"));
        Files.move(swapped.resolve("onnx/encoder.onnx"), swapped.resolve("onnx/joint_y.onnx"));
        assertThatThrownBy(() -> OnnxModels.crossEncoder(spec(swapped, "onnx/encoder_y.onnx"))
                        .open())
                .hasMessageContaining("cannot be used: its encoder takes the inputs [document_states, query_states]"
                        + " instead of [input_ids, position_ids, token_type_ids]");
    }

    @Test
    void refusesGraphsWithoutTheirConfiguration() throws Exception {
        Path plain = copy();
        Files.writeString(plain.resolve("config.json"), """
                {"model_type":"bert","max_position_embeddings":512,"pad_token_id":0}""");
        assertThatThrownBy(() -> OnnxModels.crossEncoder(spec(plain, ENCODER)).open())
                .isInstanceOf(ModelException.class)
                .hasMessageMatching(
                        "Model file:.* cannot be used: onnx/encoder.onnx and joint.onnx are the two graphs of a"
                                + " split model, but config.json has no split_layers; take the config.json that was exported with"
                                + " them\\.");
    }

    @Test
    void refusesAFolderWithoutTheJointGraph() throws Exception {
        Path halved = copy();
        Files.delete(halved.resolve("onnx/joint.onnx"));
        assertThatThrownBy(() -> OnnxModels.crossEncoder(spec(halved, ENCODER)).open())
                .isInstanceOf(ModelException.class)
                .hasMessageMatching("Model file:.* is not complete: its weights onnx/encoder.onnx are the first of two"
                        + " graphs, and the second, whose name has joint in place of encoder, is not there; put all files of"
                        + " the export where the model is\\.");
    }

    @Test
    void theChecksumIsThatOfBothGraphs() throws Exception {
        Path folder = copy();
        byte[] encoder = Files.readAllBytes(folder.resolve("onnx/encoder.onnx"));
        byte[] joint = Files.readAllBytes(folder.resolve("onnx/joint.onnx"));
        ByteBuffer both =
                ByteBuffer.allocate(encoder.length + joint.length).put(encoder).put(joint);
        OnnxModels.crossEncoder(checked(folder, DigestUtils.sha256Hex(both.array())))
                .open()
                .close();
        assertThatThrownBy(() -> OnnxModels.crossEncoder(checked(folder, DigestUtils.sha256Hex(encoder)))
                        .open())
                .hasMessageMatching(
                        "Model file:.* is not the one that was asked for: .*encoder.onnx with joint.onnx after it"
                                + " has SHA-256 .*");
    }

    private static ModelSpec checked(Path folder, String sha256) {
        return new ModelSpec(
                "file:" + folder,
                ENCODER,
                null,
                null,
                null,
                null,
                null,
                sha256,
                "unused",
                Duration.ofSeconds(30),
                Device.AUTO);
    }

    @Test
    void refusesADamagedGraph() throws Exception {
        Path damaged = copy();
        Files.writeString(damaged.resolve("onnx/joint.onnx"), "version https://git-lfs.github.com/spec/v1");
        assertThatThrownBy(() -> OnnxModels.crossEncoder(spec(damaged, ENCODER)).open())
                .isInstanceOf(ModelException.class)
                .hasMessageMatching(
                        "(?s)Model file:.* cannot be loaded: .*joint.onnx is not an ONNX file that this ONNX"
                                + " Runtime reads \\(.*\\)\\.");
    }

    @Test
    void refusesAGpu() {
        ModelSpec gpu = spec(Golden.folder(TINY), INT8, null, Device.of("cuda:1"));
        assertThatThrownBy(() -> OnnxModels.crossEncoder(gpu).open())
                .isInstanceOf(ModelException.class)
                .hasMessageMatching(
                        "Model file:.* should not run on cuda:1: its weights onnx/encoder_int8.onnx are one of"
                                + " two graphs for CPUs, between which a GPU would wait; set models.\\*.file to the same model in one"
                                + " graph, such as onnx/model.onnx, or models.device to auto or cpu\\.");
    }

    @Test
    void theServiceReadsEachDocumentOnceHoweverManyAsk() throws Exception {
        List<JsonNode> goldens = goldens();
        List<String> texts =
                goldens.stream().map(golden -> golden.path("text").asText()).toList();
        try (PassageReranker service = service(new PairPolicy(1 << 20, 0, CACHE, LongDocuments.TRUNCATE, 0, 1))) {
            List<CompletableFuture<List<PairOutcome>>> answers = new ArrayList<>();
            for (int round = 0; round < 10; round++) {
                for (JsonNode golden : goldens) {
                    answers.add(service.score(golden.path("query").asText(), texts, Long.MAX_VALUE));
                }
            }
            for (int i = 0; i < answers.size(); i++) {
                List<PairOutcome> outcomes = answers.get(i).get(120, TimeUnit.SECONDS);
                int pair = i % goldens.size();
                assertThat(((Scored) outcomes.get(pair)).logit())
                        .isCloseTo((float) goldens.get(pair).path("logit").asDouble(), within(TOLERANCE));
            }
            KeptDocuments kept = service.documentCache();
            // "dog" and "Dog" are two texts and the same tokens; two workers may both compute a new document
            assertThat(kept.misses()).isBetween((long) distinctDocuments(), 2L * distinctDocuments());
            assertThat(kept.hits() + kept.misses()).isEqualTo(service.stats().items());
            assertThat(kept.entries()).isEqualTo(distinctDocuments());
            assertThat(kept.bytes()).isBetween(1L, CACHE);
        }
    }

    @Test
    void chunksOfALongDocumentAreReadOnceToo() throws Exception {
        String text = "milk and sugar ".repeat(400);
        try (PassageReranker service = service(new PairPolicy(1 << 20, 0, 4 * CACHE, LongDocuments.CHUNK, 64, 8))) {
            for (String query : List.of("tea", "a long query about tea and milk")) {
                PairOutcome outcome = service.score(query, List.of(text), Long.MAX_VALUE)
                        .get(60, TimeUnit.SECONDS)
                        .get(0);
                assertThat(outcome.truncated()).isFalse();
            }
            assertThat(service.documentCache().misses()).isEqualTo(3);
            assertThat(service.documentCache().hits()).isEqualTo(3);
        }
    }

    private static PassageReranker service(PairPolicy pairs) throws ModelException {
        BatchPolicy policy = new BatchPolicy(512, 8, Duration.ZERO, 2, 10_000_000);
        return new Models(
                        OnnxModels.embedder(Golden.spec("tiny-bi-encoder")),
                        OnnxModels.crossEncoder(spec(Golden.folder(TINY), ENCODER)),
                        null,
                        policy,
                        policy,
                        pairs,
                        2)
                .openReranker();
    }

    private static int distinctDocuments() throws IOException {
        try (CrossEncoder model = open(ENCODER)) {
            return (int) goldens().stream()
                    .map(golden -> encode(model, golden))
                    .map(pair -> Arrays.toString(Arrays.copyOfRange(pair.ids(), pair.secondSegment(), pair.tokens())))
                    .distinct()
                    .count();
        } catch (ModelException e) {
            throw new AssertionError(e);
        }
    }

    private static List<JsonNode> goldens() throws IOException {
        return Golden.read("golden-split.jsonl");
    }

    private static Encoding encode(CrossEncoder model, JsonNode golden) {
        return model.encode(golden.path("query").asText(), golden.path("text").asText());
    }

    private static float logit(CrossEncoder model, JsonNode golden) throws Exception {
        return model.logits(List.of(encode(model, golden)))[0];
    }

    private static CrossEncoder open(@Nullable String file) throws ModelException {
        return OnnxModels.crossEncoder(spec(Golden.folder(TINY), file)).open();
    }

    private static ModelSpec spec(Path folder, @Nullable String file) {
        return spec(folder, file, null, Device.AUTO);
    }

    private static ModelSpec spec(Path folder, @Nullable String file, @Nullable Integer maxTokens, Device device) {
        return Golden.spec("file:" + folder, file, maxTokens, Path.of("unused"), device);
    }

    /** Returns a copy of the model's folder. */
    private Path copy() throws IOException {
        Path target = Files.createTempDirectory(directory, "model");
        FileUtils.copyDirectory(Golden.folder(TINY).toFile(), target.toFile());
        return target;
    }
}
