// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx.split;

import ai.djl.ndarray.types.DataType;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.onnx.split.OnnxGraphRunner.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says what the states of a query, or of a document, are made of. That is the graphs' business: of each output X of the encoder that
 * the joint graph takes as {@code query_X} or {@code document_X} the states have the bytes, one output after the other.
 *
 * @param prefix of the joint graph's inputs
 * @param outputs of the encoder, in order
 */
record EncoderStateLayout(String prefix, List<Output> outputs) {
    static final String QUERY = "query_";
    static final String DOCUMENT = "document_";

    /** An output of the encoder, which has so many numbers for each token. */
    record Output(String name, DataType type, int width) {
        int bytesPerToken() {
            return width * type.getNumOfBytes();
        }
    }

    /**
     * Finds out what the joint graph takes.
     *
     * @param model name as users know it
     * @param inputs of the joint graph
     * @param given outputs of the encoder for some tokens
     */
    static EncoderStateLayout of(String model, String prefix, Set<String> inputs, List<Tensor> given)
            throws ModelException {
        List<Output> outputs = new ArrayList<>();
        Set<String> missing = new LinkedHashSet<>();
        for (String input : inputs) {
            if (input.startsWith(prefix)) {
                Tensor tensor = find(input.substring(prefix.length()), given);
                if (tensor == null || tensor.shape().length != 3) {
                    missing.add(input);
                } else {
                    outputs.add(new Output(tensor.name(), tensor.type(), Math.toIntExact(tensor.shape()[2])));
                }
            } else if (!input.startsWith(QUERY) && !input.startsWith(DOCUMENT)) {
                missing.add(input);
            }
        }
        if (outputs.isEmpty() || !missing.isEmpty()) {
            throw new ModelException("Model " + model + " cannot be used: its joint graph takes the inputs " + inputs
                    + ", of which its encoder gives "
                    + given.stream().map(Tensor::name).toList()
                    + "; export both graphs together, with split.py of the recipe.");
        }
        return new EncoderStateLayout(prefix, List.copyOf(outputs));
    }

    private static @Nullable Tensor find(String name, List<Tensor> given) {
        return given.stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** Returns the names of the outputs that are part of the states. */
    Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        outputs.forEach(output -> names.add(output.name));
        return names;
    }

    /** Returns the size of the states of so many tokens. */
    int bytes(int tokens) {
        return tokens * outputs.stream().mapToInt(Output::bytesPerToken).sum();
    }

    /** Copies what the encoder gave to the beginning of a buffer. */
    void collect(List<Tensor> given, ByteBuffer target) {
        int at = 0;
        for (Output output : outputs) {
            ByteBuffer data = Objects.requireNonNull(find(output.name, given)).data();
            target.put(at, data, data.position(), data.remaining());
            at += data.remaining();
        }
    }

    /** Adds the joint graph's inputs, for states at the beginning of a buffer. */
    void addInputs(ByteBuffer states, int tokens, List<Tensor> inputs) {
        int at = 0;
        for (Output output : outputs) {
            int bytes = tokens * output.bytesPerToken();
            ByteBuffer data = states.slice(at, bytes).order(ByteOrder.nativeOrder());
            inputs.add(new Tensor(prefix + output.name, output.type, new long[] {1, tokens, output.width}, data));
            at += bytes;
        }
    }
}
