// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.inference.CrossEncoder;
import io.streamrank.inference.ModelException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
    @ParameterizedTest
    @ValueSource(strings = {"auto", "cpu", "cuda", "cuda:0", "cuda:12"})
    void isReadAsItIsWritten(String text) {
        assertThat(Device.isOne(text)).isTrue();
        assertThat(Device.of(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "cuda:", "cuda:-1", "cpu:0", "CUDA"})
    void nothingElseIsOne(String text) {
        assertThat(Device.isOne(text)).isFalse();
        assertThatThrownBy(() -> Device.of(text)).hasMessage("device must be auto, cpu, cuda or cuda:n: " + text);
    }

    @ParameterizedTest
    @CsvSource({"auto, auto:1", "cuda, cuda:1", "cuda:0, cuda:0", "cpu, cpu"})
    void whatFlinkGivesCountsWhereItIsLeftOpen(String asked, String placed) {
        assertThat(Device.of(asked).on(1)).hasToString(placed);
    }

    @Test
    void modelsOnDifferentGpusAreNotShared() {
        ModelSpec spec = Golden.spec("tiny-cross-encoder");
        assertThat(OnnxModels.crossEncoder(spec).on(0).key())
                .isNotEqualTo(OnnxModels.crossEncoder(spec).on(1).key());
    }

    @Test
    void aGpuThatIsNotThereEndsInOneSentence() {
        ModelSpec spec = Golden.spec("tiny-cross-encoder", Device.of("cuda:3"));
        assertThatThrownBy(() -> OnnxModels.crossEncoder(spec).open())
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("Model " + spec.uri() + " cannot run on cuda:3 (")
                .hasMessageEndingWith(
                        "): CUDA takes the job built with -Pcuda, CUDA 12 and cuDNN 9 on the machine, and a GPU"
                                + " of that number; set models.device to auto or cpu to run on the CPU.");
    }

    @Test
    void autoRunsOnTheCpuWhereThereIsNoGpu() throws Exception {
        ModelSpec spec = Golden.spec("tiny-cross-encoder", Device.AUTO);
        try (CrossEncoder model = OnnxModels.crossEncoder(spec).open()) {
            assertThat(model.logits(List.of(model.encode("a", "b")))).hasSize(1);
            assertThat(model.maxRuns()).isEqualTo(Integer.MAX_VALUE);
        }
    }

    @Test
    void cudaIsToldHowItsMemorySettles() {
        Placement placement = new Placement(2);
        assertThat(placement).hasToString("cuda:2");
        assertThat(placement.providerOptions()).containsEntry("arena_extend_strategy", "kSameAsRequested");
        assertThat(placement.maxRuns()).isEqualTo(2);
        assertThat(Placement.CPU.providerOptions()).isEmpty();
    }
}
