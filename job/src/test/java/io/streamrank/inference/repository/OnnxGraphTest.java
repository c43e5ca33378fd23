// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.inference.graph.OnnxGraph;
import io.streamrank.inference.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxGraphTest {
    private static final Path GOLDEN = Path.of("../deploy/models/golden/tiny-cross-encoder/onnx/model.onnx");
    private static final int ROUNDS = Integer.getInteger("streamrank.fuzz-inputs", 3_000);

    @TempDir
    private Path folder;

    @Test
    void namesTheFilesOfInitializersOfConstantsAndOfGraphsInside() throws Exception {
        TinyGraph inside = new TinyGraph()
                .initializer(TinyGraph.external("x", List.of(2), "inside.bin"))
                .constant("y", TinyGraph.external("", List.of(2), "deep/in side.bin"));
        OnnxGraph graph = read(new TinyGraph()
                .initializer(TinyGraph.external("table", List.of(16), "model.onnx_data"))
                .initializer(TinyGraph.floats("here", List.of(1), 1))
                .constant("c", TinyGraph.external("c", List.of(8), "Constant_7_attr__value"))
                .node("If", "z", inside, "condition")
                .bytes());
        assertThat(graph.externalData())
                .containsExactly("Constant_7_attr__value", "deep/in side.bin", "inside.bin", "model.onnx_data");
        assertThat(ModelLayout.externalData("m", folder, "model.onnx")).contains("deep/in side.bin");
    }

    @Test
    void refusesDataOutsideTheFolder() throws Exception {
        for (String location :
                List.of("../secret", "/etc/passwd", "a/../../b", "..\\secret", "C:\\secret", "", "a\0b")) {
            write(new TinyGraph()
                    .initializer(TinyGraph.external("table", List.of(16), location))
                    .bytes());
            assertThatThrownBy(() -> ModelLayout.externalData("m", folder, "model.onnx"))
                    .isInstanceOf(ModelException.class)
                    .hasMessage(
                            "Model m cannot be used: its weights model.onnx name external data outside their folder ("
                                    + location + "); export it again, with the data next to the weights.");
        }
    }

    @Test
    void readsARealModel() throws Exception {
        OnnxGraph graph = OnnxGraph.read(GOLDEN);
        assertThat(graph.inputs())
                .containsExactly(
                        new OnnxGraph.Input("input_ids", 7, List.of(0L, 0L)),
                        new OnnxGraph.Input("attention_mask", 7, List.of(0L, 0L)),
                        new OnnxGraph.Input("token_type_ids", 7, List.of(0L, 0L)));
        assertThat(graph.outputs()).containsExactly("logits");
        assertThat(graph.operators()).contains("Gather", "MatMul", "Softmax");
        assertThat(graph.initializers().values())
                .anyMatch(tensor -> tensor.dims().equals(List.of(512L, 32L)));
        assertThat(graph.externalData()).isEmpty();
        assertThat(graph.quantizesActivations()).isFalse();
        assertThat(graph.endsInSigmoid("logits")).isFalse();
        assertThat(graph.rowsOfCountedPositions()).isEmpty();
    }

    @Test
    void seesASigmoidBehindWhatOnlyReshapes() throws Exception {
        assertThat(read(new TinyGraph()
                                .node("Sigmoid", "p", "x")
                                .node("Cast", "q", "to", 1, "p")
                                .node("Squeeze", "logits", "q")
                                .output("logits")
                                .bytes())
                        .endsInSigmoid("logits"))
                .isTrue();
        assertThat(read(new TinyGraph()
                                .node("Sigmoid", "p", "x")
                                .node("Mul", "logits", "p", "p")
                                .output("logits")
                                .bytes())
                        .endsInSigmoid("logits"))
                .isFalse();
        assertThat(read(new TinyGraph()
                                .node("Identity", "logits", "logits")
                                .output("logits")
                                .bytes())
                        .endsInSigmoid("logits"))
                .isFalse();
    }

    @Test
    void seesAProbabilityBehindWhatSelectsOrRounds() throws Exception {
        for (String operator : List.of("Gather", "Slice", "Split", "Clip", "QuantizeLinear")) {
            assertThat(probability("Sigmoid", operator)).as(operator).isTrue();
        }
        for (String operator : List.of("Gather", "Slice", "Split")) {
            assertThat(probability("Softmax", operator)).as(operator).isTrue();
        }
        assertThat(probability("Softmax", "Clip")).isFalse();
        assertThat(probability("Tanh", "Gather")).isFalse();
        assertThat(read(new TinyGraph()
                                .node("Sigmoid", "p", "x")
                                .node("Gather", "logits", "table", "p")
                                .output("logits")
                                .bytes())
                        .endsInSigmoid("logits"))
                .isFalse();
    }

    private boolean probability(String activation, String operator) throws IOException {
        return read(new TinyGraph()
                        .node(activation, "p", "x")
                        .node(operator, "q", "p", "other")
                        .node("Squeeze", "logits", "q")
                        .output("logits")
                        .bytes())
                .endsInSigmoid("logits");
    }

    @Test
    void readsTypesAndSizesOfInputs() throws Exception {
        OnnxGraph graph = read(new TinyGraph()
                .input("input_ids")
                .input("attention_mask", 6, 128)
                .output("logits")
                .bytes());
        assertThat(graph.inputs())
                .containsExactly(
                        new OnnxGraph.Input("input_ids", 7, List.of(0L, 0L)),
                        new OnnxGraph.Input("attention_mask", 6, List.of(0L, 128L)));
        assertThat(graph.takes("attention_mask")).isTrue();
        assertThat(graph.takes("token_type_ids")).isFalse();
    }

    @Test
    void whatIsNoOnnxFileHasNothingInIt() throws Exception {
        for (String text : List.of("", "version https://git-lfs.github.com/spec/v1", "{}", ":\u0001")) {
            Files.writeString(folder.resolve("model.onnx"), text);
            OnnxGraph graph = OnnxGraph.read(folder.resolve("model.onnx"));
            assertThat(graph.nodes()).isEmpty();
            assertThat(graph.externalData()).isEmpty();
            assertThat(graph.endsInSigmoid("logits")).isFalse();
        }
    }

    @Test
    void nestingWithoutEndIsNoOnnxFile() throws Exception {
        byte[] graph = new byte[0];
        for (int depth = 0; depth < 1_000; depth++) {
            graph = TinyGraph.bytes(1, TinyGraph.bytes(5, TinyGraph.bytes(6, graph)));
        }
        assertThat(read(TinyGraph.bytes(7, graph)).operators()).isEmpty();
    }

    /** Damages a file in all ways: it is read, or found to be none. */
    @Test
    void readsOrLeavesDamagedFiles() throws Exception {
        byte[] golden = Files.readAllBytes(GOLDEN);
        byte[] tiny = new TinyGraph()
                .initializer(TinyGraph.external("table", List.of(16), "data"))
                .node("Gather", "logits", "table", "input_ids")
                .output("logits")
                .bytes();
        Random random = new Random(3);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] damaged = random.nextInt(20) == 0
                    ? Arrays.copyOf(golden, random.nextInt(golden.length))
                    : Arrays.copyOf(tiny, random.nextInt(4) == 0 ? random.nextInt(tiny.length) : tiny.length);
            for (int i = random.nextInt(4); i > 0 && damaged.length > 0; i--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            OnnxGraph graph = read(damaged);
            assertThat(graph.endsInSigmoid("logits")).isFalse();
            assertThat(graph.rowsOfCountedPositions()).isEmpty();
        }
    }

    private OnnxGraph read(byte[] bytes) throws IOException {
        write(bytes);
        return OnnxGraph.read(folder.resolve("model.onnx"));
    }

    private void write(byte[] bytes) throws IOException {
        Files.write(folder.resolve("model.onnx"), bytes);
    }
}
