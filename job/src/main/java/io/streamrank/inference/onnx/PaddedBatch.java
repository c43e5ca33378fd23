// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.graph.OnnxGraph;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.Padding;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

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

    private static final Set<String> INPUTS = Set.of(INPUT_IDS, ATTENTION_MASK, TOKEN_TYPE_IDS);

    /** Numbers of types, as ONNX counts them. */
    private static final int INT32 = 6;

    private static final int INT64 = 7;

    /**
     * Checks that a graph can be given a batch.
     *
     * @param names of its inputs
     * @param described its inputs as its file describes them
     */
    static void checkInputs(String model, Set<String> names, List<OnnxGraph.Input> described) throws ModelException {
        if (!names.contains(INPUT_IDS) || !INPUTS.containsAll(names)) {
            throw new ModelException("Model " + model + " takes the inputs "
                    + names.stream().sorted().toList()
                    + "; a text encoder takes input_ids, attention_mask and, if it has segments, token_type_ids: choose"
                    + " an ONNX export of an encoder.");
        }
        for (OnnxGraph.Input input : described) {
            if (names.contains(input.name())) {
                checkInput(model, input);
            }
        }
    }

    private static void checkInput(String model, OnnxGraph.Input input) throws ModelException {
        if (input.type() != 0 && input.type() != INT64) {
            String type = input.type() == INT32 ? "int32" : "numbers of ONNX's type " + input.type();
            throw new ModelException("Model " + model + " takes its input " + input.name() + " as " + type
                    + ", StreamRank gives int64: export it with dynamic axes and int64 inputs, as optimum-cli does.");
        }
        long tokens = input.dims().size() == 2 ? input.dims().get(1) : 0;
        if (tokens > 0) {
            throw new ModelException("Model " + model + " was exported for exactly " + tokens
                    + " tokens a text, StreamRank gives texts of any length: export it with dynamic axes and int64 inputs,"
                    + " as optimum-cli does.");
        }
    }

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
