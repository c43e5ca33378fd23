// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streamrank.inference.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;
import org.jspecify.annotations.Nullable;

/**
 * Loads the tokenizers' native library. DJL unpacks it to one place for all, but a JVM lets only one class loader load a
 * file, and each submission of a job jar that contains DJL has a class loader of its own. Such a class loader gets a private
 * copy, which is deleted as soon as it is loaded. ONNX Runtime does the same by itself.
 */
final class NativeLibraryLoader {
    private static final String DIRECTORY = "ENGINE_CACHE_DIR";

    @GuardedBy("NativeLibraryLoader.class")
    private static boolean loaded;

    private NativeLibraryLoader() {}

    /** Loads the library, before anything else touches it; a second call does nothing. */
    static synchronized void load() throws ModelException {
        if (!loaded && LibUtils.class.getClassLoader() != ClassLoader.getSystemClassLoader()) {
            // The property is the whole JVM's, so the lock must be too: this class exists once in each class loader.
            synchronized (Runtime.getRuntime()) {
                loadPrivately();
            }
        }
        loaded = true;
    }

    private static void loadPrivately() throws ModelException {
        String before = System.getProperty(DIRECTORY);
        @Nullable Path directory = null;
        try {
            directory = Files.createTempDirectory("streamrank-native-");
            System.setProperty(DIRECTORY, directory.toString());
            LibUtils.checkStatus();
        } catch (IOException e) {
            throw new ModelException(
                    "DJL's native library cannot be unpacked (" + e + "); free space in "
                            + System.getProperty("java.io.tmpdir") + " or name another directory in java.io.tmpdir.",
                    e);
        } catch (EngineException e) {
            throw new ModelException(OnnxRuntimeSetup.installationError(e), e);
        } finally {
            restore(before);
            if (directory != null) {
                // What is loaded stays loaded. Some systems do not delete a file that is in use.
                FileUtils.deleteQuietly(directory.toFile());
            }
        }
    }

    private static void restore(@Nullable String before) {
        if (before == null) {
            System.clearProperty(DIRECTORY);
        } else {
            System.setProperty(DIRECTORY, before);
        }
    }
}
