// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.Padding;
import java.util.Arrays;
import java.util.List;

/**
 * Lays the encodings of a batch side by side, padded on the right. All arrays are {@code [rows, columns]}, row-major. Rows beyond the
 * encodings repeat the last one.
 *
 * @param ids token ids
 * @param mask 1 for tokens, 0 for padding
 * @param types 0 for the first segment and padding, 1 for the second segment
 */
record PaddedBatch(int rows, int columns, long[] ids, long[] mask, long[] types) {
    static final String INPUT_IDS = "input_ids";
    static final String ATTENTION_MASK = "attention_mask";
    static final String TOKEN_TYPE_IDS = "token_type_ids";

    static PaddedBatch of(List<Encoding> batch, int padToken, Padding padding) {
        int rows = padding.rows(batch.size());
        int columns = padding.columns(longest(batch));
        long[] ids = new long[rows * columns];
        long[] mask = new long[rows * columns];
        long[] types = new long[rows * columns];
        Arrays.fill(ids, padToken);
        for (int row = 0; row < rows; row++) {
            Encoding encoding = batch.get(Math.min(row, batch.size() - 1));
            int start = row * columns;
            for (int i = 0; i < encoding.tokens(); i++) {
                ids[start + i] = encoding.ids()[i];
            }
            Arrays.fill(mask, start, start + encoding.tokens(), 1);
            Arrays.fill(types, start + encoding.secondSegment(), start + encoding.tokens(), 1);
        }
        return new PaddedBatch(rows, columns, ids, mask, types);
    }

    static String describe(List<Encoding> batch) {
        return "a batch of " + batch.size() + " × " + longest(batch) + " tokens";
    }

    long[] input(String name) {
        return switch (name) {
            case INPUT_IDS -> ids;
            case ATTENTION_MASK -> mask;
            case TOKEN_TYPE_IDS -> types;
            default -> throw new IllegalArgumentException("no input of a text encoder: " + name);
        };
    }

    private static int longest(List<Encoding> batch) {
        return batch.stream().mapToInt(Encoding::tokens).max().orElse(0);
    }
}
