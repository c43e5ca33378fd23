// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import java.nio.file.Path;

/**
 * Locates a model's files on the local disk, in the layout of the Hugging Face hub.
 *
 * @param name as users know it
 * @param root where {@code config.json} and {@code tokenizer.json} are
 * @param weights the ONNX file, relative to the root
 */
public record ModelFolder(String name, Path root, String weights) {
    public Path weightsFile() {
        return root.resolve(weights);
    }

    public Path tokenizerFile() {
        return root.resolve("tokenizer.json");
    }
}
