// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.repository.ModelFolder;
import io.streamrank.inference.repository.ModelLayout;
import io.streamrank.inference.repository.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** SHA-256 over all that a model's answers depend on. */
final class Fingerprint {
    private Fingerprint() {}

    static String of(ModelFolder folder, Object... settings) throws ModelException {
        try {
            Sha256 sha = new Sha256();
            for (Path file : files(folder)) {
                sha.update(file);
            }
            sha.update(Arrays.toString(settings));
            return sha.hex();
        } catch (IOException e) {
            throw new ModelException("Model " + folder.name() + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** The tokenizer, and the weights with those of their parts that lie in files of their own. */
    private static List<Path> files(ModelFolder folder) throws IOException {
        Path weights = folder.weightsFile();
        String stem = String.valueOf(weights.getFileName()).replaceFirst("\\.onnx$", "");
        try (Stream<Path> beside = Files.list(weights.toAbsolutePath().getParent())) {
            Stream<Path> parts = beside.filter(file -> ModelLayout.isDataOf(String.valueOf(file.getFileName()), stem));
            return Stream.concat(Stream.of(folder.tokenizerFile(), weights), parts.sorted())
                    .toList();
        }
    }
}
