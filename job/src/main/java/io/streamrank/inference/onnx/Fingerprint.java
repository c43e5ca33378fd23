// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.repository.ModelFolder;
import io.streamrank.inference.repository.ModelLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;

/** Computes a SHA-256 over all that a model's results depend on: its weights, its tokenizer and its settings. */
final class Fingerprint {
    private Fingerprint() {}

    static String of(ModelFolder folder, Object... settings) throws ModelException {
        try {
            MessageDigest sha256 = DigestUtils.getSha256Digest();
            for (Path file : files(folder)) {
                DigestUtils.updateDigest(sha256, file);
            }
            DigestUtils.updateDigest(sha256, Arrays.toString(settings));
            return Hex.encodeHexString(sha256.digest());
        } catch (IOException e) {
            throw new ModelException("Model " + folder.name() + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** Returns the tokenizer's file, and the weights' with its external data. */
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
