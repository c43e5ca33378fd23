// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Tells whether a graph quantises activations while it runs, from the names of its operators. */
final class DynamicQuantization {
    private static final List<String> OPERATORS = List.of("DynamicQuantize", "MatMulInteger", "ConvInteger");
    private static final int BUFFER = 1 << 20;
    private static final int OVERLAP = 16;

    private DynamicQuantization() {}

    /** Searches the file as text, without a parser: an ONNX file holds operator names as plain text. */
    static boolean isIn(Path onnx) throws IOException {
        try (InputStream in = Files.newInputStream(onnx)) {
            byte[] buffer = new byte[BUFFER];
            int kept = 0;
            for (int read = in.read(buffer, 0, BUFFER); read > 0; read = in.read(buffer, kept, BUFFER - kept)) {
                int length = kept + read;
                String text = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
                if (OPERATORS.stream().anyMatch(text::contains)) {
                    return true;
                }
                kept = Math.min(OVERLAP, length);
                System.arraycopy(buffer, length - kept, buffer, 0, kept);
            }
            return false;
        }
    }
}
