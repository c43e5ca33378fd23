// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.inference.graph.OnnxTensor.Data;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxTensorTest {
    @TempDir
    private Path folder;

    @Test
    void halfPrecisionRoundsToTheNearest() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = HalfFloat.toFloat((short) bits);
            assertThat(Float.isNaN(value) || HalfFloat.of(value) == (short) bits)
                    .as("%x", bits)
                    .isTrue();
        }
        assertThat(HalfFloat.toFloat((short) 0x3c01)).isEqualTo(1 + 0x1p-10f);
        assertThat(HalfFloat.of(1 + 0x1p-11f)).as("a tie goes to the even one").isEqualTo((short) 0x3c00);
        assertThat(HalfFloat.of(1 + 3 * 0x1p-11f)).isEqualTo((short) 0x3c02);
        assertThat(HalfFloat.of(1 + 0x1.2p-11f)).isEqualTo((short) 0x3c01);
        assertThat(HalfFloat.of(0x1p-24f)).as("the smallest").isEqualTo((short) 1);
        assertThat(HalfFloat.of(-0x1p-26f)).isEqualTo((short) 0x8000);
        assertThat(HalfFloat.of(65_519)).isEqualTo((short) 0x7bff);
        assertThat(HalfFloat.of(65_520)).isEqualTo((short) 0x7c00);
        assertThat(HalfFloat.of(-1e30f)).isEqualTo((short) 0xfc00);
        assertThat(HalfFloat.toFloat(HalfFloat.of(Float.NaN))).isNaN();
    }

    @Test
    void whatIsWrittenIsReadBack() throws Exception {
        OnnxWriter out = new OnnxWriter();
        Weights weights = new Weights(List.of(2, 3), true, () -> new float[] {1, 0.1f, -2, 65_504, 1e-9f, 3});
        out.weights("full", OnnxWriter.FLOAT, weights);
        out.weights("half", OnnxWriter.HALF, weights);
        out.input("x", "batch");
        out.fused("Attention", List.of("x", "full"), List.of("y"), Map.of("num_heads", 12));
        out.node("Gemm", List.of("y", "half"), "z", Map.of("epsilon", 1e-12f));
        out.output("z", "batch", 3);
        Path file = folder.resolve("model.onnx");
        out.write(file);

        OnnxGraph graph = OnnxGraph.read(file);
        assertThat(graph.outputs()).containsExactly("z");
        assertThat(graph.operators()).containsExactlyInAnyOrder("Attention", "Gemm");
        assertThat(graph.nodes().get(0).number("num_heads", 0)).isEqualTo(12);
        assertThat(graph.nodes().get(1).numbers()).containsEntry("epsilon", 1e-12f);
        assertThat(graph.initializers().get("full").read(file)).containsExactly(weights.read());
        assertThat(graph.initializers().get("half").dims()).containsExactly(2L, 3L);
        assertThat(graph.initializers().get("half").read(file)).containsExactly(1, 0.099975586f, -2, 65_504, 0, 3);
    }

    @Test
    void whatHalfPrecisionDoesNotHoldIsNotWritten() {
        OnnxWriter out = new OnnxWriter();
        out.weights("w", OnnxWriter.HALF, new Weights(List.of(1), true, () -> new float[] {70_000}));
        assertThatThrownBy(() -> out.write(folder.resolve("model.onnx")))
                .isInstanceOf(IOException.class)
                .hasMessage("weight w has 70000.0, which half precision does not hold");
    }

    @Test
    void readsEachTypeAndForm() throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putFloat(1.5f)
                .put((byte) -1)
                .put((byte) 200)
                .putShort((short) 0x3c00)
                .put(new byte[] {(byte) 0xc8, 1, 7});
        Path file = Files.write(folder.resolve("model.onnx"), bytes.array());
        assertThat(tensor(OnnxTensor.FLOAT, 1, new Data(null, 0, 4, false)).read(file))
                .containsExactly(1.5f);
        assertThat(tensor(OnnxTensor.INT8, 2, new Data(null, 4, 2, false)).read(file))
                .containsExactly(-1, -56);
        assertThat(tensor(OnnxTensor.UINT8, 2, new Data(null, 4, 2, false)).read(file))
                .containsExactly(255, 200);
        assertThat(tensor(OnnxTensor.FLOAT16, 1, new Data(null, 6, 2, false)).read(file))
                .containsExactly(1);
        assertThat(tensor(OnnxTensor.UINT8, 2, new Data(null, 8, 3, true)).read(file))
                .containsExactly(200, 7);
        assertThatThrownBy(() -> tensor(OnnxTensor.FLOAT, 9, new Data(null, 0, 36, false))
                        .read(file))
                .isInstanceOf(EOFException.class)
                .hasMessage("tensor t has fewer numbers than its shape [9]");
    }

    @Test
    void readsOtherFilesOfTheFolderAndNoneOutside() throws Exception {
        Files.createDirectories(folder.resolve("onnx"));
        Path model = folder.resolve("onnx/model.onnx");
        Files.write(folder.resolve("onnx/model.onnx_data"), new byte[] {9, 8, 7});
        Files.write(folder.resolve("secret"), new byte[] {1, 2, 3});
        assertThat(tensor(OnnxTensor.INT8, 2, new Data("model.onnx_data", 1, 2, false))
                        .read(model))
                .containsExactly(8, 7);
        assertThatThrownBy(() -> tensor(OnnxTensor.INT8, 2, new Data("../secret", 0, 2, false))
                        .read(model))
                .isInstanceOf(IOException.class)
                .hasMessage("tensor t lies outside the model's folder: ../secret");
    }

    @Test
    void dequantisesByTensorByRowAndByColumn() throws Exception {
        Weights matrix = new Weights(List.of(2, 3), false, () -> new float[] {1, 2, 3, 4, 5, 6});
        assertThat(matrix.dequantized(vector(0.5f), vector(1), 1).read()).containsExactly(0, 0.5f, 1, 1.5f, 2, 2.5f);
        assertThat(matrix.dequantized(vector(1, 10, 100), vector(0, 1, 2), 1).read())
                .containsExactly(1, 10, 100, 4, 40, 400);
        assertThat(matrix.dequantized(vector(1, 10), null, 0).read()).containsExactly(1, 2, 3, 40, 50, 60);
        assertThat(matrix.transposed().read()).containsExactly(1, 4, 2, 5, 3, 6);
        assertThat(matrix.columns(1, 2).read()).containsExactly(2, 3, 5, 6);
        assertThat(Weights.beside(matrix, matrix.columns(0, 1)).read()).containsExactly(1, 2, 3, 1, 4, 5, 6, 4);
        assertThat(Weights.beside(vector(1, 2), vector(3)).read()).containsExactly(1, 2, 3);
    }

    private static Weights vector(float... values) {
        return new Weights(List.of(values.length), true, values::clone);
    }

    private static OnnxTensor tensor(int type, long size, Data data) {
        return new OnnxTensor("t", type, List.of(size), data);
    }
}
