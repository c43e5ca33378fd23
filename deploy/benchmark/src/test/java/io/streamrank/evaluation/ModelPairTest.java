// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.inference.repository.ModelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelPairTest {
    @TempDir
    private Path directory;

    @Test
    void theLastMarkBeginsTheWeightsUnlessTheWholeIsAFolder() throws Exception {
        Path folder = Files.createDirectories(directory.resolve("model#2"));
        assertModel("file:" + folder, "file:" + folder, null);
        assertModel("file://" + folder, "file://" + folder, null);
        assertModel("file:" + folder + "#onnx/model.onnx", "file:" + folder, "onnx/model.onnx");
        assertModel("hf:org/name#onnx/model_int8.onnx", "hf:org/name", "onnx/model_int8.onnx");
        assertModel("hf:org/name@main", "hf:org/name@main", null);
    }

    private static void assertModel(String address, String uri, String file) {
        ModelSpec spec = new ModelPair(Map.of(), null, address).config(1).crossEncoder();
        assertThat(spec.uri()).isEqualTo(uri);
        assertThat(spec.file()).isEqualTo(file);
    }
}
