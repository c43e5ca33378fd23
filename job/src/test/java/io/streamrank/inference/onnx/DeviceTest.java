// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.Batching.RunCost;
import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.Padding;
import io.streamrank.inference.repository.CudaLibraries;
import io.streamrank.inference.repository.Device;
import io.streamrank.inference.repository.ModelFolder;
import io.streamrank.inference.repository.ModelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
    private static final ModelFolder FOLDER = new ModelFolder("m", Path.of("unused"), "model.onnx");
    private static final Encoding FIRST = new Encoding(new int[] {1, 2, 3}, 3, false);

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
                .hasMessageContaining(
                        "): CUDA needs the job built with -Pcuda, CUDA 12 and cuDNN 9 on the machine, and a"
                                + " GPU of that number; ")
                .hasMessageEndingWith("; for CUDA 13, name the folder of ONNX Runtime's libraries for it with"
                        + " -Donnxruntime.native.path; set models.device to auto or cpu to run on the CPU.");
    }

    @Test
    void autoRunsOnTheCpuWhereThereIsNoGpu() throws Exception {
        ModelSpec spec = Golden.spec("tiny-cross-encoder", Device.AUTO);
        try (CrossEncoder model = OnnxModels.crossEncoder(spec).open()) {
            assertThat(model.logits(List.of(model.encode("a", "b")))).hasSize(1);
            assertThat(model.batching())
                    .isEqualTo(Batching.CPU.with(model.batching().cost()));
            assertThat(model.batching().cost()).isNotEqualTo(RunCost.UNKNOWN);
        }
    }

    @Test
    void cudaIsToldHowItsMemorySettles() {
        ExecutionProvider provider = new ExecutionProvider(2, 5L << 30);
        assertThat(provider).hasToString("cuda:2");
        assertThat(provider.providerOptions())
                .containsEntry("arena_extend_strategy", "kNextPowerOfTwo")
                .containsEntry("gpu_mem_limit", "5368709120");
        assertThat(new ExecutionProvider(2, 0).providerOptions())
                .containsEntry("arena_extend_strategy", "kSameAsRequested")
                .containsEntry("enable_skip_layer_norm_strict_mode", "1")
                .doesNotContainKey("gpu_mem_limit");
        assertThat(ExecutionProvider.CPU.providerOptions()).isEmpty();
    }

    @Test
    void aGpuIsFedLargeBatchesOfFewShapesTwoAtATime() {
        BucketedPadding padding = new BucketedPadding(true, 512);
        assertThat(new ExecutionProvider(0, 0).batching(padding)).isEqualTo(new Batching(2, 32_768, 512, padding));
        assertThat(ExecutionProvider.CPU.batching(new BucketedPadding(false, 512)))
                .isEqualTo(Batching.CPU);
    }

    @Test
    void weightsThatAreInt8ForCpusAreRefusedOnAGpuWhereTheyCannotBeRewritten() {
        ModelFolder int8 = new ModelFolder("m", Path.of("unused"), "model_int8.onnx");
        assertThat(new ExecutionProvider(1, 0).unsuited(int8, "it counts positions as RoBERTa does"))
                .hasMessage(
                        "Model m should not run on cuda:1: its weights model_int8.onnx are dynamically quantised to int8,"
                                + " for which CUDA has no kernels, and cannot be rewritten in half precision (it counts positions"
                                + " as RoBERTa does); set models.*.file to weights of full or half precision such as"
                                + " onnx/model.onnx, or models.device to auto or cpu.");
    }

    @Test
    void autoRunsOnTheCpuWhereTheGpuTakesTheModelAndDoesNotRunIt() throws Exception {
        List<String> opened = new ArrayList<>();
        ExecutionProvider.Opener<String> opener = provider -> {
            opened.add(provider.toString());
            WarmUp.checkGpu(FOLDER, provider, FIRST, batch -> {
                throw new InferenceException("no kernel image");
            });
            return provider.toString();
        };
        assertThat(new ExecutionProvider(0, 0).open(Device.AUTO, opener)).isEqualTo("cpu");
        assertThat(opened).containsExactly("cuda:0", "cpu");
        assertThatThrownBy(() -> new ExecutionProvider(0, 0).open(Device.of("cuda"), opener))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("Model m cannot run on cuda:0 (its first run there failed: no kernel image): ")
                .hasMessageEndingWith("set models.device to auto or cpu to run on the CPU.");
    }

    @Test
    void theLargestBatchesAreRunOnAGpuBeforeRecordsComeAndHalvedUntilTheyFit() {
        List<Integer> runs = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger fits = new AtomicInteger(64);
        WarmUp.Runner model = batch -> {
            runs.add(batch.size());
            assertThat(batch).allMatch(item -> item.tokens() == 512);
            if (batch.size() > fits.get()) {
                throw new InferenceException("out of memory");
            }
            return new OnnxSession.Output("logits", new float[batch.size()], new long[] {batch.size(), 1});
        };
        Batching gpu = Batching.gpu(Padding.PACKED);
        assertThat(fitting(ExecutionProvider.CPU, Batching.CPU, 64, model)).isEqualTo(Batching.CPU);
        assertThat(runs).isEmpty();
        assertThat(fitting(new ExecutionProvider(0, 0), gpu, 512, model)).isEqualTo(gpu);
        assertThat(runs).containsExactly(64, 64);

        runs.clear();
        fits.set(20);
        Batching fitting = fitting(new ExecutionProvider(0, 0), gpu, 512, model);
        assertThat(fitting).isEqualTo(gpu.withMaxTokens(8_192));
        assertThat(fitting.most(512)).isEqualTo(16);
        assertThat(runs).containsExactlyInAnyOrder(64, 64, 32, 32, 16, 16);

        runs.clear();
        assertThat(fitting(new ExecutionProvider(0, 0), gpu, 3, model)).isEqualTo(gpu);
        assertThat(runs).containsExactly(3, 3);

        fits.set(0);
        assertThat(fitting(new ExecutionProvider(0, 0), gpu, 1, model)).isEqualTo(gpu);
        assertThat(fitting(new ExecutionProvider(0, 0), gpu, 512, model)).isEqualTo(gpu.withMaxTokens(512));
    }

    @Test
    void saysWhyALongestInputDoesNotRun() {
        assertThat(WarmUp.lowered("m", 512, 30, new InferenceException("an index is out of bounds")))
                .isEqualTo(
                        "Model m does not run the 512 tokens that its files name as its longest input (an index is out of"
                                + " bounds), so longer ones than 30 are cut.");
        for (String reason : List.of(
                "Failed to allocate memory for requested buffer of size 8",
                "std::bad_alloc",
                "bad allocation",
                "CUDA failure 2: out of memory",
                "Available memory of 1 is smaller than requested bytes of 2")) {
            assertThat(WarmUp.lowered("m", 8_192, 1_024, new InferenceException(reason)))
                    .endsWith(
                            "longer ones than 1024 are cut; its memory was short, so set models.*.max-tokens to what you"
                                    + " need, or raise models.gpu-memory if it runs on a GPU.");
        }
    }

    private static Batching fitting(
            ExecutionProvider provider, Batching batching, int maxBatchSize, WarmUp.Runner model) {
        return WarmUp.fitting(FOLDER, provider, batching, maxBatchSize, 512, FIRST, model);
    }

    @Test
    void namesTheVersionsOfCudaThatAreThere(@TempDir Path root) throws Exception {
        assertThat(CudaLibraries.describe(List.of("", root + "/none", root.toString())))
                .isEqualTo("no CUDA libraries were found in LD_LIBRARY_PATH");
        Files.createFile(root.resolve("libcudart.so.13"));
        Files.createFile(root.resolve("libcudart.so.12.9.79"));
        Files.createFile(root.resolve("libcudart.so.none"));
        assertThat(CudaLibraries.describe(List.of(root.toString()))).isEqualTo("found: CUDA 12, 13");
    }
}
