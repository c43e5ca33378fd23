// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.inference.graph.GraphForm;
import io.streamrank.inference.graph.Head;
import io.streamrank.inference.graph.UnrecognizedGraphException;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.Padding;
import io.streamrank.inference.onnx.GpuGraphs.Use;
import io.streamrank.inference.repository.ModelFileSystem;
import io.streamrank.inference.repository.ModelResolver;
import io.streamrank.inference.repository.ModelSpec;
import io.streamrank.inference.repository.TinyGraph;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The CPU stands in for a GPU: it runs padded graphs, and has no kernels for packed ones. */
class GpuGraphsTest {
    private static final Use LOGIT = new Use(Head.LOGIT, List.of("logits"), (output, batch) -> {
        float[][] rows = new float[batch.size()][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = new float[] {output.values()[i]};
        }
        return rows;
    });

    private static final List<Encoding> EXAMPLES = List.of(
            new Encoding(new int[] {101, 103, 105, 102, 120, 130, 102}, 4, false),
            new Encoding(new int[] {101, 102}, 2, false));

    @TempDir
    private Path folder;

    @Test
    void theFirstFormThatRunsIsKeptAndUsed() throws Exception {
        ModelSettings settings = settings(copy("tiny-cross-encoder"));
        long written;
        try (OnnxSession session = open(settings)) {
            assertThat(session.form()).isEqualTo(GraphForm.PADDED);
            assertThat(session.batching().padding()).isNotEqualTo(Padding.PACKED);
            written = written();
        }
        try (OnnxSession session = open(settings)) {
            assertThat(session.run(EXAMPLES).shape()).containsExactly(2, 1);
            assertThat(written()).isEqualTo(written);
        }
        assertThat(kept())
                .hasSize(3)
                .anyMatch(name -> name.endsWith("-packed"))
                .anyMatch(name -> name.endsWith("-padded"));
    }

    /** ONNX Runtime checks types and shapes of all nodes before it looks for kernels. */
    @Test
    void aPackedGraphIsRightUpToItsKernels() throws Exception {
        for (String model : List.of("tiny-cross-encoder", "tiny-bi-encoder")) {
            ModelSettings settings = settings(copy(model));
            boolean logit = model.equals("tiny-cross-encoder");
            Use use = logit
                    ? LOGIT
                    : new Use(
                            Head.MEAN,
                            OnnxEmbedder.OUTPUTS,
                            (output, batch) -> OnnxEmbedder.vectors(Pooling.MEAN, output, batch));
            RewrittenModel rewritten = RewrittenModel.recognize(settings, use, EXAMPLES);
            assertThatThrownBy(() -> OnnxSession.load(
                            settings,
                            use.outputs(),
                            ExecutionProvider.CPU,
                            rewritten.file(GraphForm.PACKED),
                            GraphForm.PACKED))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("NOT_IMPLEMENTED")
                    .hasMessageContaining("Padding(1)");
        }
    }

    @Test
    void eightBitsBecomeHalfPrecision() throws Exception {
        ModelSettings settings = settings(Path.of("../deploy/models/streamrank-minilm-l6-v2"));
        RewrittenModel rewritten = RewrittenModel.recognize(settings, LOGIT, EXAMPLES);
        assertThat(rewritten.half()).isTrue();
        Path packed = rewritten.file(GraphForm.PACKED);
        assertThatThrownBy(() -> OnnxSession.load(settings, List.of(), ExecutionProvider.CPU, packed, GraphForm.PACKED))
                .hasMessageContaining("NOT_IMPLEMENTED");
        try (OnnxSession session = open(settings)) {
            assertThat(session.form()).isEqualTo(GraphForm.PADDED);
            assertThat(WarmUp.maxBatchSize(settings.folder(), session, EXAMPLES.get(0), EXAMPLES.get(1)))
                    .isEqualTo(Integer.MAX_VALUE);
        }
    }

    /** As in exports that fold casts of parameters: only the nodes' outputs tell what they are. */
    @Test
    void aBertWhoseParametersHaveNoNamesIsRecognizedByTheNamesOfNodes() throws Exception {
        Path model = copy("tiny-cross-encoder");
        float[][] expected =
                RewrittenModel.recognize(settings(model), LOGIT, EXAMPLES).expected();
        Map<String, String> names = new HashMap<>();
        Path file = model.resolve("onnx/model.onnx");
        String bytes = Pattern.compile("model\\.(?:bert\\.[A-Za-z0-9_.]+?|classifier)\\.(?:bias|weight)")
                .matcher(Files.readString(file, StandardCharsets.ISO_8859_1))
                .replaceAll(found -> names.computeIfAbsent(
                        found.group(),
                        name -> String.format(Locale.ROOT, "onnx::Add_%0" + (name.length() - 10) + "d", names.size())));
        Files.writeString(file, bytes, StandardCharsets.ISO_8859_1);
        assertThat(names).hasSize(29);
        assertThat(bytes).doesNotContain("model.bert.").contains("/model/bert/pooler/dense/Gemm_output_0");
        ModelSettings settings = settings(model);
        float[][] found = RewrittenModel.recognize(settings, LOGIT, EXAMPLES).expected();
        assertThat(GpuGraphs.distance(found, expected)).isLessThan(1e-5);
        try (OnnxSession session = open(settings)) {
            assertThat(session.form()).isEqualTo(GraphForm.PADDED);
        }
        refused(
                model,
                "\"num_hidden_layers\": 2",
                "\"num_hidden_layers\": 1",
                "it has more layers than config.json says");
    }

    @Test
    void aBertThatTakesNoTypesOfTokensIsRecognized() throws Exception {
        Path model = copy("tiny-cross-encoder");
        Files.copy(
                Golden.folder("tiny-without-types.onnx"),
                model.resolve("onnx/model.onnx"),
                StandardCopyOption.REPLACE_EXISTING);
        replace(model, "\"hidden_size\": 32", "\"hidden_size\": 8");
        replace(model, "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1");
        replace(model, "\"max_position_embeddings\": 512", "\"max_position_embeddings\": 64");
        ModelSettings settings = settings(model);
        RewrittenModel rewritten = RewrittenModel.recognize(settings, LOGIT, EXAMPLES);
        try (OnnxSession source = OnnxSession.load(
                        settings,
                        LOGIT.outputs(),
                        ExecutionProvider.CPU,
                        settings.folder().weightsFile(),
                        GraphForm.SOURCE);
                OnnxSession made = open(settings)) {
            assertThat(made.form()).isEqualTo(GraphForm.PADDED);
            float[][] own = LOGIT.results().of(source.run(EXAMPLES), EXAMPLES);
            assertThat(GpuGraphs.distance(own, rewritten.expected())).isLessThan(1e-5);
            assertThat(GpuGraphs.distance(LOGIT.results().of(made.run(EXAMPLES), EXAMPLES), own))
                    .isLessThan(1e-5);
        }
    }

    @Test
    void whatIsNoPlainBertIsNotRecognized() throws Exception {
        Path model = copy("tiny-cross-encoder");
        refused(
                model,
                "\"model_type\": \"bert\"",
                "\"model_type\": \"electra\"",
                "only a BERT with model_type bert is rewritten, and its config.json says electra");
        refused(
                model,
                "\"hidden_act\": \"gelu\"",
                "\"hidden_act\": \"relu\"",
                "only a BERT with hidden_act gelu is rewritten, and its config.json says relu");
        refused(
                model,
                "\"num_hidden_layers\": 2",
                "\"num_hidden_layers\": 1",
                "it has more layers than config.json says");
        refused(
                model,
                "\"num_hidden_layers\": 2",
                "\"num_hidden_layers\": 3",
                "it has no constant model.bert.encoder.layer.2.attention.self.query.bias of 32 numbers");
        refused(
                model,
                "\"hidden_size\": 32",
                "\"hidden_size\": 31",
                "its config.json has no sizes of a BERT: hidden 31, heads 2, layers 2");
        refused(
                model,
                "\"num_attention_heads\": 2",
                "\"num_attention_heads\": 4",
                "a BERT of its weights gives other results");
    }

    @Test
    void aGraphThatIsNotRecognizedRunsAsItIs() throws Exception {
        Path model = copy("tiny-cross-encoder");
        replace(model, "\"model_type\": \"bert\"", "\"model_type\": \"electra\"");
        try (OnnxSession session = open(settings(model))) {
            assertThat(session.form()).isEqualTo(GraphForm.SOURCE);
        }
        assertThat(folder.resolve("cache/gpu")).doesNotExist();
    }

    @Test
    void formsAreTriedInOrderUntilOneOpens() throws Exception {
        List<GraphForm> tried = new ArrayList<>();
        String opened = GpuGraphs.first(GpuGraphs.forms(null), form -> {
            tried.add(form);
            if (form != GraphForm.SOURCE) {
                throw new ModelException("Model m as a graph of another form does not run.");
            }
            return "session";
        });
        assertThat(opened).isEqualTo("session");
        assertThat(tried).containsExactly(GraphForm.PACKED, GraphForm.PADDED, GraphForm.SOURCE);
        assertThatThrownBy(() -> GpuGraphs.first(GpuGraphs.forms("packed"), form -> {
                    throw new ModelException("it does not run as " + form);
                }))
                .hasMessage("it does not run as PACKED");
        assertThatThrownBy(() -> GpuGraphs.forms("fast"))
                .isInstanceOf(ModelException.class)
                .hasMessage("streamrank.gpu-graph is fast; it must be one of packed, padded, source.");
    }

    @Test
    void resultsAreComparedByDistance() {
        float[][] expected = {{3, 4}, {0.6f, 0.8f}};
        assertThat(GpuGraphs.distance(new float[][] {{3, 4}, {0.6f, 0.8f}}, expected))
                .isZero();
        assertThat(GpuGraphs.distance(new float[][] {{3, 5}, {0.6f, 0.8f}}, expected))
                .isEqualTo(0.8);
        assertThat(GpuGraphs.distance(new float[][] {{3, 4}, {0.6f, 0.9f}}, expected))
                .isBetween(0.0999, 0.1001);
        assertThat(GpuGraphs.distance(new float[][] {{Float.NaN, 4}, {0.6f, 0.8f}}, expected))
                .isNaN();
        assertThat(GpuGraphs.distance(new float[][] {{3, 4}}, expected)).isNaN();
        assertThat(GpuGraphs.distance(new float[][] {{3, 4}, {1}}, expected)).isNaN();
    }

    @Test
    void aSplitModelInOneGraphIsLeftAsItIs() throws Exception {
        ModelSpec spec = Golden.spec("file:" + Golden.folder("tiny-split-cross-encoder"), "onnx/model.onnx", folder);
        ModelSettings settings = ModelSettings.read(new ModelResolver(ModelFileSystem.NONE).resolve(spec), spec);
        assertThatThrownBy(() -> RewrittenModel.recognize(settings, LOGIT, EXAMPLES))
                .isInstanceOf(UnrecognizedGraphException.class)
                .hasMessage("its lower layers read query and document apart");
    }

    @Test
    void aGraphThatPoolsAsNoFileSaysIsNotRecognized() throws Exception {
        Path model = copy("tiny-bi-encoder");
        Files.delete(model.resolve("1_Pooling/config.json"));
        Files.write(
                model.resolve("onnx/model.onnx"),
                new TinyGraph()
                        .output("last_hidden_state")
                        .output("sentence_embedding")
                        .bytes());
        ModelSettings settings = settings(model);
        Use use = new Use(
                Head.MEAN,
                List.of("sentence_embedding"),
                (output, batch) -> OnnxEmbedder.vectors(Pooling.GRAPH, output, batch));
        assertThatThrownBy(() -> RewrittenModel.recognize(settings, use, EXAMPLES))
                .isInstanceOf(UnrecognizedGraphException.class)
                .hasMessage("it pools in its graph, and no file says how: set models.embedder.pooling");
    }

    private void refused(Path model, String from, String to, String message) throws Exception {
        replace(model, from, to);
        assertThatThrownBy(() -> RewrittenModel.recognize(settings(model), LOGIT, EXAMPLES))
                .isInstanceOf(UnrecognizedGraphException.class)
                .hasMessageStartingWith(message);
        replace(model, to, from);
    }

    private static void replace(Path model, String from, String to) throws Exception {
        Path config = model.resolve("config.json");
        assertThat(Files.readString(config)).contains(from);
        Files.writeString(config, Files.readString(config).replace(from, to));
    }

    private OnnxSession open(ModelSettings settings) throws Exception {
        return OnnxRuntimeSetup.withDjlClassLoader(
                () -> new GpuGraphs(settings, LOGIT, EXAMPLES).open(ExecutionProvider.CPU));
    }

    private Path copy(String model) throws Exception {
        Path copy = folder.resolve(model);
        FileUtils.copyDirectory(Golden.folder(model).toFile(), copy.toFile());
        return copy;
    }

    private ModelSettings settings(Path model) throws ModelException {
        ModelSpec spec = Golden.spec("file:" + model, folder.resolve("cache"));
        return ModelSettings.read(new ModelResolver(ModelFileSystem.NONE).resolve(spec), spec);
    }

    private List<String> kept() throws Exception {
        try (Stream<Path> files = Files.list(folder.resolve("cache/gpu"))) {
            return files.map(file -> Objects.toString(file.getFileName()))
                    .filter(name -> !name.startsWith("."))
                    .toList();
        }
    }

    private long written() throws Exception {
        long last = 0;
        for (String name : kept()) {
            last = Math.max(
                    last,
                    Files.getLastModifiedTime(folder.resolve("cache/gpu").resolve(name))
                            .toMillis());
        }
        return last;
    }
}
