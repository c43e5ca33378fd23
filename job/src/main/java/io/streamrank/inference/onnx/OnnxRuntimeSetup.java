// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import ai.djl.engine.Engine;
import io.streamrank.inference.model.ModelException;
import java.util.Map;

/**
 * Prepares this JVM for DJL and ONNX Runtime: properties, the thread's class loader and native code. DJL's engine must be the
 * first to touch ONNX Runtime, because it asks for an environment of its own.
 */
final class OnnxRuntimeSetup {
    static final String ENGINE = "OnnxRuntime";

    /** Properties of DJL that are set where the user has not set them. */
    private static final Map<String, String> PROPERTIES = Map.of(
            "ai.djl.offline", "true", // no telemetry, no look at EC2, no native code from the network
            "OPT_OUT_TRACKING", "true",
            "ai.djl.onnx.disable_alternative", "true", // no second engine is here to look for
            "ai.djl.onnxruntime.num_threads", "1", // the global pools would only idle: sessions bring their own
            "ai.djl.onnxruntime.num_interop_threads", "1");

    private OnnxRuntimeSetup() {}

    /** Loads something that needs native code. */
    interface Loading<T> {
        T load() throws ModelException;
    }

    /**
     * Runs with DJL's class loader as the thread's: DJL finds its engines and native libraries through the thread, and the
     * caller may be any thread. The job's class loader would do too, but threads and shutdown hooks that start meanwhile would
     * keep it alive long after the job. Turns a broken installation into one sentence.
     */
    static <T> T withDjlClassLoader(Loading<T> loading) throws ModelException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try {
            thread.setContextClassLoader(Engine.class.getClassLoader());
            PROPERTIES.forEach((name, value) -> System.getProperties().putIfAbsent(name, value));
            NativeLibraryLoader.load();
            return loading.load();
        } catch (LinkageError e) {
            throw new ModelException(installationError(e), e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Tells in one sentence why native code cannot be loaded, and what to do. */
    static String installationError(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (String.valueOf(root.getMessage()).contains("already loaded in another classloader")) {
            return "DJL's native library is already loaded by another class loader of this process: unset ENGINE_CACHE_DIR"
                    + " and RUST_LIBRARY_PATH, or put the DJL and ONNX Runtime jars into Flink's lib/ once and leave them"
                    + " out of the job jar, then restart the process.";
        }
        return "DJL or ONNX Runtime is missing or does not fit this machine (" + root
                + "): put the jars that StreamRank" + " lists for lib/ into Flink's lib/ and restart the process.";
    }
}
