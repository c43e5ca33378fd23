// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.Padding;
import io.streamrank.inference.repository.CudaLibraries;
import io.streamrank.inference.repository.Device;
import io.streamrank.inference.repository.ModelFolder;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses where a model runs, on the CPU or on a GPU with CUDA, and what ONNX Runtime and the batches need there.
 *
 * @param gpu index of the GPU, or null for the CPU
 * @param memoryBytes of the GPU beyond the weights; 0 for no limit
 */
record ExecutionProvider(@Nullable Integer gpu, long memoryBytes) {
    static final ExecutionProvider CPU = new ExecutionProvider(null, 0);

    private static final Logger LOG = LoggerFactory.getLogger(ExecutionProvider.class);

    /** <a href="https://onnxruntime.ai/docs/execution-providers/CUDA-ExecutionProvider.html">As ONNX Runtime names them</a>. */
    private static final Map<String, String> CUDA = Map.of(
            "do_copy_in_default_stream", "1",
            "enable_skip_layer_norm_strict_mode", "1"); // its usual sums have half precision

    /** Begins the names of Java properties that set other options of the provider, for measurements. */
    private static final String PROPERTIES = "streamrank.cuda.";

    /** So that the limit of memory does not depend on the model's size. */
    private static final String WEIGHTS_OUTSIDE_THE_ARENA = "session.use_device_allocator_for_initializers";

    /** Chooses the provider: what the user set, or with {@code auto} a GPU where ONNX Runtime has CUDA. */
    static ExecutionProvider of(Device device) {
        return switch (device.kind()) {
            case CPU -> CPU;
            case CUDA -> on(device);
            case AUTO -> hasCuda() ? on(device) : CPU;
        };
    }

    private static ExecutionProvider on(Device device) {
        return new ExecutionProvider(device.gpu(), device.memoryBytes());
    }

    /**
     * Tells that a dynamically quantised graph should not run on this GPU as it is.
     *
     * @param reason why it could not be rewritten
     */
    ModelException unsuited(ModelFolder folder, String reason) {
        return new ModelException(
                "Model " + folder.name() + " should not run on " + this + ": its weights " + folder.weights()
                        + " are dynamically quantised to int8, for which CUDA has no kernels, and cannot be rewritten in half"
                        + " precision (" + reason + "); set models.*.file to weights of full or half precision such as"
                        + " onnx/model.onnx, or models.device to auto or cpu.");
    }

    /** Opens a session on a provider. */
    interface Opener<S> {
        S open(ExecutionProvider provider) throws ModelException;
    }

    /** Opens a session here. With {@code auto} it opens one on the CPU where the GPU fails. */
    <S> S open(Device device, Opener<S> opener) throws ModelException {
        try {
            return opener.open(this);
        } catch (ModelException e) {
            if (device.kind() != Device.Kind.AUTO || !onGpu()) {
                throw e;
            }
            LOG.warn("{} It runs on the CPU.", e.getMessage());
            return opener.open(CPU);
        }
    }

    private static boolean hasCuda() {
        return OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
    }

    boolean onGpu() {
        return gpu != null;
    }

    /** Returns what batches suit a model here, with its padding. */
    Batching batching(Padding padding) {
        return onGpu() ? Batching.gpu(padding) : Batching.CPU;
    }

    /** Returns the options of the CUDA provider; empty on the CPU. */
    Map<String, String> providerOptions() {
        if (!onGpu()) {
            return Map.of();
        }
        Map<String, String> options = new TreeMap<>(CUDA);
        if (memoryBytes > 0) {
            options.put("gpu_mem_limit", Long.toString(memoryBytes));
            // Few large blocks up to the limit: with many small ones a batch may fit into none of those that are free.
            options.put("arena_extend_strategy", "kNextPowerOfTwo");
        } else {
            options.put("arena_extend_strategy", "kSameAsRequested"); // doubling could take half a GPU for nothing
        }
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith(PROPERTIES)) {
                options.put(name.substring(PROPERTIES.length()), System.getProperty(name));
            }
        }
        return options;
    }

    /** Returns options for a session here; the caller closes them. */
    SessionOptions sessionOptions(ModelFolder folder) throws ModelException {
        SessionOptions options = new SessionOptions();
        try {
            if (gpu != null) {
                OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(gpu);
                for (Map.Entry<String, String> option : providerOptions().entrySet()) {
                    cuda.add(option.getKey(), option.getValue());
                }
                options.addCUDA(cuda);
                options.addConfigEntry(WEIGHTS_OUTSIDE_THE_ARENA, "1");
                options.setMemoryPatternOptimization(false); // it would keep a block for each shape
            }
            return options;
        } catch (OrtException e) {
            options.close();
            throw unavailable(folder, e);
        }
    }

    /** Tells why a session on this GPU cannot be opened, and what to do. */
    ModelException unavailable(ModelFolder folder, Exception reason) {
        return new ModelException(
                "Model " + folder.name() + " cannot run on " + this + " (" + reason.getMessage()
                        + "): CUDA needs the job built with -Pcuda, CUDA 12 and cuDNN 9 on the machine, and a GPU of that number; "
                        + CudaLibraries.found(System.getenv("LD_LIBRARY_PATH"))
                        + "; for CUDA 13, name the folder of ONNX Runtime's libraries for it with"
                        + " -Donnxruntime.native.path; set models.device to auto or cpu to run on the CPU.",
                reason);
    }

    @Override
    public String toString() {
        return onGpu() ? "cuda:" + gpu : "cpu";
    }
}
