// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import io.streamrank.inference.ModelException;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a model's session is, and what that asks of it.
 *
 * @param gpu its index, or null for the CPU
 */
record Placement(@Nullable Integer gpu) {
    static final Placement CPU = new Placement(null);

    /** A core works on one run at a time; a GPU computes one while it is fed the next. */
    private static final int RUNS_ON_A_GPU = 2;

    /** <a href="https://onnxruntime.ai/docs/execution-providers/CUDA-ExecutionProvider.html">As ONNX Runtime names them</a>. */
    private static final Map<String, String> CUDA = Map.of(
            "arena_extend_strategy", "kSameAsRequested", // doubling would take half a GPU for nothing
            "do_copy_in_default_stream", "1");

    /** Where the model goes by what was asked for and what is there. */
    static Placement of(Device device, ModelFolder folder) throws ModelException {
        return switch (device.kind()) {
            case CPU -> CPU;
            case CUDA -> new Placement(device.gpu());
            case AUTO -> hasCuda() && gains(folder) ? new Placement(device.gpu()) : CPU;
        };
    }

    private static boolean hasCuda() {
        return OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
    }

    /** CUDA has no kernels for dynamically quantised layers, which would go back and forth. */
    private static boolean gains(ModelFolder folder) throws ModelException {
        try {
            return !DynamicQuantization.isIn(folder.weightsFile());
        } catch (IOException e) {
            throw new ModelException("Model " + folder.name() + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    boolean onGpu() {
        return gpu != null;
    }

    /** Runs that are worth having at the same time. */
    int maxRuns() {
        return onGpu() ? RUNS_ON_A_GPU : Integer.MAX_VALUE;
    }

    /** What CUDA is told; empty on the CPU. */
    Map<String, String> providerOptions() {
        return onGpu() ? CUDA : Map.of();
    }

    /** Options of a session there; to be closed by the caller. */
    SessionOptions sessionOptions(ModelFolder folder) throws ModelException {
        SessionOptions options = new SessionOptions();
        try {
            if (gpu != null) {
                OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(gpu);
                for (Map.Entry<String, String> option : CUDA.entrySet()) {
                    cuda.add(option.getKey(), option.getValue());
                }
                options.addCUDA(cuda);
            }
            return options;
        } catch (OrtException e) {
            options.close();
            throw unavailable(folder, e);
        }
    }

    /** What to do where a session on a GPU cannot be had. */
    ModelException unavailable(ModelFolder folder, Exception reason) {
        return new ModelException(
                "Model " + folder.name() + " cannot run on " + this + " (" + reason.getMessage()
                        + "): CUDA takes the job built with -Pcuda, CUDA 12 and cuDNN 9 on the machine, and a GPU of that number;"
                        + " set models.device to auto or cpu to run on the CPU.",
                reason);
    }

    @Override
    public String toString() {
        return onGpu() ? "cuda:" + gpu : "cpu";
    }
}
