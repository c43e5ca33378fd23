// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.repository.ModelFolder;
import java.io.IOException;
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
            throw folder.unreadable(e);
        }
    }

    /** Returns the tokenizer's file, and the weights' with its external data and the second graph of a split model. */
    private static List<Path> files(ModelFolder folder) throws ModelException {
        return Stream.of(
                        Stream.of(folder.tokenizerFile(), folder.weightsFile()),
                        folder.externalData().stream(),
                        Stream.ofNullable(folder.jointFile()))
                .flatMap(files -> files)
                .toList();
    }
}
