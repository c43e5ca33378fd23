// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.inference.graph.BertConfig;
import io.streamrank.inference.graph.BertGraph;
import io.streamrank.inference.graph.BertReader;
import io.streamrank.inference.graph.BertWeights;
import io.streamrank.inference.graph.CheckpointWeights;
import io.streamrank.inference.graph.GraphForm;
import io.streamrank.inference.graph.Head;
import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.Embedder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.TextRole;
import io.streamrank.inference.repository.ModelFileSystem;
import io.streamrank.inference.repository.ModelFolder;
import io.streamrank.inference.repository.ModelResolver;
import io.streamrank.inference.repository.ModelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real models, written anew with fused operators and run on the CPU, beside the reference implementation in full precision. */
class BertGraphTest {
    private static final BertConfig TINY = new BertConfig(32, 2, 2, 1e-12f);
    private static final BertConfig RERANKER = new BertConfig(384, 12, 6, 1e-12f);
    private static final BertConfig EMBEDDER = new BertConfig(384, 12, 12, 1e-12f);

    @TempDir
    private Path folder;

    @Test
    void aCrossEncoderGivesTheSameLogits() throws Exception {
        Path written = write(Golden.spec("tiny-cross-encoder"), TINY, Head.LOGIT, null);
        assertThat(offLogits(written, Golden.records("tiny-cross-encoder"), "logit"))
                .isLessThan(1e-4);
    }

    /** As ONNX Runtime's optimiser leaves it, too. */
    @Test
    void aGraphThatIsFusedAlreadyGivesTheSameLogits() throws Exception {
        Path once = write(Golden.spec("tiny-cross-encoder"), TINY, Head.LOGIT, null);
        Path twice = write(Golden.spec(once), TINY, Head.LOGIT, null);
        assertThat(offLogits(twice, Golden.records("tiny-cross-encoder"), "logit"))
                .isLessThan(1e-4);
    }

    @Test
    void anEmbedderGivesTheSameMeans() throws Exception {
        Path written = write(Golden.spec("tiny-bi-encoder"), TINY, Head.MEAN, null);
        assertThat(offVectors(written, Golden.records("tiny-bi-encoder"))).isLessThan(1e-4);
    }

    @Test
    void anEmbedderGivesTheSameFirstTokens() throws Exception {
        Path written = write(Golden.spec("tiny-bi-encoder"), TINY, Head.FIRST_TOKEN, null);
        try (Embedder own = OnnxModels.embedder(cls(Golden.folder("tiny-bi-encoder")))
                        .open();
                Embedder made = OnnxModels.embedder(cls(written)).open()) {
            List<Encoding> batch = List.of(
                    own.encode("a text", TextRole.PASSAGE), own.encode("another, longer text", TextRole.PASSAGE));
            float[][] expected = own.embed(batch);
            float[][] found = made.embed(batch);
            for (int i = 0; i < expected.length; i++) {
                assertThat(found[i]).containsExactly(expected[i], within(1e-4f));
            }
        }
    }

    /** So the weights of its 8 bits are not precise enough, although they are within 0.1. */
    @Test
    void theBuiltInRerankersTrainedWeightsGiveItsFullPrecision() throws Exception {
        Path model = Path.of("../deploy/models/streamrank-minilm-l6-v2");
        Path quantized = write(Golden.spec(model), RERANKER, Head.LOGIT, null);
        assertThat(offLogits(quantized, Golden.read("scores.jsonl"), "logit")).isBetween(0.01, 0.1);
        Path trained = write(Golden.spec(model), RERANKER, Head.LOGIT, model);
        assertThat(offLogits(trained, Golden.read("scores.jsonl"), "logit")).isLessThan(1e-3);
    }

    @Test
    void theBuiltInEmbedderIsNearItsFullPrecision() throws Exception {
        Path written = write(
                Golden.spec("builtin:bge-small-en-v1.5", folder.resolve("cache")), EMBEDDER, Head.FIRST_TOKEN, null);
        List<JsonNode> records = Golden.read("embeddings.jsonl").stream()
                .filter(golden -> golden.path("model").asText().equals("bge-small-en-v1.5"))
                .toList();
        assertThat(offVectors(written, records)).isLessThan(0.2); // a cosine of 0.98, as its 8 bits have on a CPU
    }

    private static ModelSpec cls(Path folder) {
        ModelSpec spec = Golden.spec(folder);
        return new ModelSpec(
                spec.uri(), null, null, null, null, "cls", null, null, "unused", spec.downloadTimeout(), spec.device());
    }

    /** Writes the model's weights as a graph of ours, next to its settings. */
    private Path write(ModelSpec spec, BertConfig config, Head head, @Nullable Path checkpoint) throws Exception {
        ModelFolder from = new ModelResolver(ModelFileSystem.NONE).resolve(spec);
        Path to = Files.createTempDirectory(folder, "written");
        for (String file : List.of(
                "config.json",
                "tokenizer.json",
                "tokenizer_config.json",
                "modules.json",
                "1_Pooling/config.json",
                "sentence_bert_config.json",
                "config_sentence_transformers.json")) {
            if (Files.exists(from.root().resolve(file))) {
                Files.createDirectories(to.resolve(file).getParent());
                Files.copy(from.root().resolve(file), to.resolve(file));
            }
        }
        Files.createDirectories(to.resolve("onnx"));
        BertWeights weights = BertReader.read(from.weightsFile(), config, head);
        if (checkpoint != null) {
            weights = CheckpointWeights.over(weights, checkpoint);
        }
        BertGraph.write(weights, head, GraphForm.PADDED, false, false, to.resolve("onnx/model.onnx"));
        return to;
    }

    private static double offLogits(Path model, List<JsonNode> records, String field) throws Exception {
        double off = 0;
        try (CrossEncoder made = OnnxModels.crossEncoder(Golden.spec(model)).open()) {
            List<Encoding> batch = new ArrayList<>();
            for (JsonNode golden : records) {
                batch.add(made.encode(
                        golden.path("query").asText(), golden.path("text").asText()));
            }
            assertThat(batch).hasSizeGreaterThan(2);
            float[] logits = made.logits(batch);
            for (int i = 0; i < logits.length; i++) {
                off = Math.max(
                        off, Math.abs(logits[i] - records.get(i).path(field).asDouble()));
            }
        }
        return off;
    }

    /** Returns the largest distance from the right unit vectors. */
    private static double offVectors(Path model, List<JsonNode> records) throws Exception {
        double off = 0;
        try (Embedder made = OnnxModels.embedder(Golden.spec(model)).open()) {
            List<Encoding> batch = new ArrayList<>();
            for (JsonNode golden : records) {
                TextRole role = golden.path("query").asBoolean() ? TextRole.QUERY : TextRole.PASSAGE;
                batch.add(made.encode(golden.path("text").asText(), role));
            }
            assertThat(batch).hasSizeGreaterThan(2);
            float[][] vectors = made.embed(batch);
            for (int i = 0; i < vectors.length; i++) {
                double square = 0;
                for (int j = 0; j < vectors[i].length; j++) {
                    double difference = vectors[i][j]
                            - records.get(i).path("embedding").get(j).asDouble();
                    square += difference * difference;
                }
                off = Math.max(off, Math.sqrt(square));
            }
        }
        return off;
    }
}
