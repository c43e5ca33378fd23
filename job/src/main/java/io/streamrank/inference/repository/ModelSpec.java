// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Names a model and what the user sets over what its own files say. Null means: as the model's files say.
 *
 * @param uri {@code builtin:name}, {@code file:/dir}, {@code s3://…} (any file system of Flink) or {@code
 *     hf:org/name[@revision]}
 * @param file path of the weights inside the model, e.g. {@code onnx/model_int8.onnx}
 * @param maxTokens longest input
 * @param queryPrefix put before queries
 * @param passagePrefix put before passages
 * @param pooling {@code cls} or {@code mean}
 * @param activation {@code sigmoid} or {@code none}
 * @param sha256 of the weights file, hexadecimal; refused when it differs
 * @param cacheDirectory where downloads and unpacked built-in models are kept; by default {@code .cache/streamrank} in the home directory
 * @param downloadTimeout for one file
 * @param device where it runs
 */
public record ModelSpec(
        String uri,
        @Nullable String file,
        @Nullable Integer maxTokens,
        @Nullable String queryPrefix,
        @Nullable String passagePrefix,
        @Nullable String pooling,
        @Nullable String activation,
        @Nullable String sha256,
        @Nullable String cacheDirectory,
        Duration downloadTimeout,
        Device device)
        implements Serializable {
    public static ModelSpec of(String uri) {
        return new ModelSpec(uri, null, null, null, null, null, null, null, null, Duration.ofMinutes(30), Device.AUTO);
    }

    /** Returns this on the given GPU, where the user left open which. */
    public ModelSpec on(int gpu) {
        return new ModelSpec(
                uri,
                file,
                maxTokens,
                queryPrefix,
                passagePrefix,
                pooling,
                activation,
                sha256,
                cacheDirectory,
                downloadTimeout,
                device.on(gpu));
    }

    /** Returns the cache directory on the machine that opens the model, which need not be the one that submitted the job. */
    public Path cache() {
        if (cacheDirectory != null) {
            return Path.of(cacheDirectory);
        }
        String home = System.getProperty("user.home", "?");
        // In containers whose user has no entry in /etc/passwd the JVM does not know a home.
        return home.equals("?")
                ? Path.of(System.getProperty("java.io.tmpdir"), "streamrank")
                : Path.of(home, ".cache", "streamrank");
    }
}
