// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.repository.ModelFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxCrossEncoderTest {
    private static final String TINY = "tiny-cross-encoder";
    private static final float TOLERANCE = 1e-3f;

    @Test
    void logitsEqualTheReferenceImplementations() throws Exception {
        try (CrossEncoder model = OnnxModels.crossEncoder(Golden.spec(TINY)).open()) {
            for (JsonNode golden : Golden.records(TINY)) {
                Encoding pair = model.encode(
                        golden.path("query").asText(), golden.path("text").asText());
                assertThat(model.logits(List.of(pair))[0])
                        .as(golden.toString())
                        .isCloseTo((float) golden.path("logit").asDouble(), within(TOLERANCE));
            }
        }
    }

    @Test
    void companyInABatchDoesNotChangeALogit() throws Exception {
        try (CrossEncoder model = OnnxModels.crossEncoder(Golden.spec(TINY)).open()) {
            assertThat(model.maxBatchSize()).isEqualTo(Integer.MAX_VALUE);
            List<JsonNode> goldens = new ArrayList<>(Golden.records(TINY));
            Random random = new Random(7);
            for (int round = 0; round < 5; round++) {
                Collections.shuffle(goldens, random);
                List<Encoding> batch = new ArrayList<>();
                goldens.forEach(golden -> batch.add(model.encode(
                        golden.path("query").asText(), golden.path("text").asText())));
                float[] logits = model.logits(batch);
                for (int i = 0; i < logits.length; i++) {
                    assertThat(logits[i])
                            .isCloseTo((float) goldens.get(i).path("logit").asDouble(), within(TOLERANCE));
                }
            }
        }
    }

    @Test
    void saysWhatWasCut() throws Exception {
        try (CrossEncoder model = OnnxModels.crossEncoder(Golden.spec(TINY)).open()) {
            Encoding cut = model.encode("coffee", "coffee ".repeat(2_000));
            assertThat(cut.truncated()).isTrue();
            assertThat(cut.tokens()).isEqualTo(model.info().maxTokens());
            assertThat(model.encode("coffee", "coffee").truncated()).isFalse();
        }
    }

    @Test
    void relevanceIsTheSigmoidUnlessTheConfigurationSaysOtherwise() throws Exception {
        try (CrossEncoder model = OnnxModels.crossEncoder(Golden.spec(TINY)).open()) {
            assertThat(model.relevance(0)).isEqualTo(0.5);
            assertThat(model.relevance(20)).isLessThan(model.relevance(21));
        }
    }

    @Test
    void refusesASentenceEncoder() {
        assertThatThrownBy(() ->
                        OnnxModels.crossEncoder(Golden.spec("tiny-bi-encoder")).open())
                .isInstanceOf(ModelException.class)
                .hasMessageMatching(
                        "Model file:.*tiny-bi-encoder has no classification head: its output is \\[batch, tokens,"
                                + " 32\\], a cross-encoder gives \\[batch, 1\\]; choose a …ForSequenceClassification model\\.");
    }

    @Test
    void readsHalfASurrogatePair() throws Exception {
        try (CrossEncoder model = OnnxModels.crossEncoder(Golden.spec(TINY)).open()) {
            Encoding broken = model.encode("cat \ud83d", "\ude00 dog");
            assertThat(broken.ids())
                    .isEqualTo(model.encode("cat \ufffd", "\ufffd dog").ids());
        }
    }

    @Test
    void refusesAClassifierOfSeveralLabels() {
        ModelFolder folder = new ModelFolder("m", Golden.folder(TINY), "onnx/model.onnx");
        OnnxSession.Output labels = new OnnxSession.Output("logits", new float[3], new long[] {1, 3});
        assertThatThrownBy(() -> OnnxCrossEncoder.checkLogit(folder, labels))
                .hasMessage(
                        "Model m gives 3 numbers a pair (it has that many labels), a cross-encoder gives [batch, 1]; choose"
                                + " a …ForSequenceClassification model with one label.");
    }

    @Test
    void refusesWhatIsNoOnnxFile(@TempDir Path folder) throws Exception {
        for (String file : List.of("config.json", "tokenizer.json")) {
            Files.copy(Golden.folder(TINY).resolve(file), folder.resolve(file));
        }
        Files.writeString(folder.resolve("model.onnx"), "version https://git-lfs.github.com/spec/v1");
        assertThatThrownBy(() -> OnnxModels.crossEncoder(Golden.spec(folder)).open())
                .isInstanceOf(ModelException.class)
                .hasMessageMatching(
                        "(?s)Model file:.* cannot be loaded: .*model.onnx is not an ONNX file that this ONNX Runtime"
                                + " reads \\(.*\\)\\.");
        Files.writeString(folder.resolve("tokenizer.json"), """
                {"version":"1.0"}""");
        assertThatThrownBy(() -> OnnxModels.crossEncoder(Golden.spec(folder)).open())
                .hasMessageContaining("tokenizer.json is damaged or of a format that this tokenizer does not know");
        Files.delete(folder.resolve("tokenizer.json"));
        assertThatThrownBy(() -> OnnxModels.crossEncoder(Golden.spec(folder)).open())
                .hasMessageContaining("has no tokenizer.json in");
    }
}
