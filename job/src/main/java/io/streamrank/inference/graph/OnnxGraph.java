// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Holds what an ONNX file says of itself: its operators, how they are connected, and where its weights lie.
 *
 * @param nodes of the main graph
 * @param initializers the main graph's constant tensors by name, those of its Constant nodes included
 * @param inputs of the main graph, in order; old files have their constants among them
 * @param outputs of the main graph, in order
 * @param operators types of all nodes, those of subgraphs and functions included
 * @param externalData locations of tensors that lie in other files, as the graph names them
 */
public record OnnxGraph(
        List<Node> nodes,
        Map<String, OnnxTensor> initializers,
        List<Input> inputs,
        List<String> outputs,
        Set<String> operators,
        NavigableSet<String> externalData) {
    /** Operators that change the shape or type of one value and nothing else. */
    private static final Set<String> RESHAPING =
            Set.of("Cast", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze", "DequantizeLinear");

    /** Operators that keep some of their first input's values. */
    private static final Set<String> SELECTING = Set.of("Gather", "GatherElements", "GatherND", "Slice", "Split");

    /** Operators that change values by no more than rounding, or only those near the ends of their range. */
    private static final Set<String> ROUNDING = Set.of("Clip", "QuantizeLinear");

    private static final Set<String> SIGMOIDS = Set.of("Sigmoid", "QLinearSigmoid");
    private static final Set<String> SOFTMAXES = Set.of("Softmax", "QLinearSoftmax");

    private static final List<String> DYNAMIC_QUANTIZATION = List.of("DynamicQuantize", "MatMulInteger", "ConvInteger");

    /** Nodes to look at between an index and the sum that it comes from: the exporters need about ten. */
    private static final int NEAR = 32;

    /**
     * Is one operation of the graph.
     *
     * @param numbers its attributes that are one number
     */
    public record Node(String operator, List<String> inputs, List<String> outputs, Map<String, Number> numbers) {
        /** Returns an input, or an empty name where it is left out. */
        String input(int index) {
            return index < inputs.size() ? inputs.get(index) : "";
        }

        /** Returns an attribute that is a whole number. */
        long number(String attribute, long otherwise) {
            return numbers.getOrDefault(attribute, otherwise).longValue();
        }
    }

    /**
     * Is what the graph is given.
     *
     * @param type of its numbers, as ONNX numbers the types; 0 if the file does not say
     * @param dims its sizes; 0 for each that may vary
     */
    public record Input(String name, int type, List<Long> dims) {}

    /** Reads the file. What is no ONNX file has nothing in it: ONNX Runtime tells what is wrong with it. */
    public static OnnxGraph read(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return new OnnxGraphReader(in, Files.size(file)).read();
        } catch (ProtobufReader.MalformedException | EOFException e) {
            return new OnnxGraphReader(InputStream.nullInputStream(), 0).read();
        }
    }

    /** Tells whether the graph quantises activations while it runs. */
    public boolean quantizesActivations() {
        return operators.stream()
                .anyMatch(operator -> DYNAMIC_QUANTIZATION.stream().anyMatch(operator::contains));
    }

    /**
     * Tells whether an output is a probability: it has gone through a sigmoid, or was selected of what a softmax gave. Of two
     * labels, the softmax is the sigmoid of their difference. It looks at the output of that name, or else at the first.
     */
    public boolean endsInSigmoid(String output) {
        if (outputs.isEmpty()) {
            return false;
        }
        Map<String, Node> producers = producers();
        Node node = producers.get(outputs.contains(output) ? output : outputs.get(0));
        boolean selected = false;
        for (int i = 0; i < NEAR && node != null && keepsValues(node.operator); i++) {
            selected |= SELECTING.contains(node.operator);
            node = producers.get(first(node));
        }
        return node != null && (SIGMOIDS.contains(node.operator) || (selected && SOFTMAXES.contains(node.operator)));
    }

    private static boolean keepsValues(String operator) {
        return RESHAPING.contains(operator) || SELECTING.contains(operator) || ROUNDING.contains(operator);
    }

    /** Tells whether the graph has an input of that name. */
    public boolean takes(String name) {
        return inputs.stream().anyMatch(input -> input.name.equals(name));
    }

    /**
     * Returns the rows of the table of positions, if the graph counts positions from the tokens that are not padding, as
     * RoBERTa does: the first token then has the position after the padding token's id. Empty for other graphs.
     */
    public OptionalInt rowsOfCountedPositions() {
        Map<String, Node> producers = producers();
        for (Node node : nodes) {
            if (node.operator.equals("Gather") && node.inputs.size() > 1) {
                List<Long> table = table(node, producers);
                Node sum = near(node.inputs.get(1), producers, before -> before.operator.equals("CumSum"));
                if (table.size() == 2 && sum != null && countsTokens(sum, producers)) {
                    return OptionalInt.of((int) Math.min(table.get(0), Integer.MAX_VALUE));
                }
            }
        }
        return OptionalInt.empty();
    }

    private boolean countsTokens(Node sum, Map<String, Node> producers) {
        Node equal = near(first(sum), producers, before -> before.operator.equals("Equal"));
        return equal != null
                && equal.inputs.stream()
                        .anyMatch(input -> input.equals("input_ids")
                                || near(input, producers, before -> before.inputs.contains("input_ids")) != null);
    }

    /** Returns the shape of the constant that a node looks up; empty where it is none. */
    private List<Long> table(Node gather, Map<String, Node> producers) {
        String name = first(gather);
        Node producer = producers.get(name);
        if (producer != null && RESHAPING.contains(producer.operator)) {
            name = first(producer);
        }
        OnnxTensor tensor = initializers.get(name);
        return tensor == null ? List.of() : tensor.dims();
    }

    /** Returns the nearest node before a value that is wanted, or null where none is near. */
    private static @Nullable Node near(String value, Map<String, Node> producers, Predicate<Node> wanted) {
        Deque<String> values = new ArrayDeque<>(List.of(value));
        Set<String> seen = new HashSet<>();
        while (!values.isEmpty() && seen.size() < NEAR) {
            String next = values.remove();
            Node node = producers.get(next);
            if (seen.add(next) && node != null) {
                if (wanted.test(node)) {
                    return node;
                }
                values.addAll(node.inputs);
            }
        }
        return null;
    }

    Map<String, Node> producers() {
        Map<String, Node> producers = new HashMap<>();
        nodes.forEach(node -> node.outputs.forEach(output -> producers.put(output, node)));
        return producers;
    }

    private static String first(Node node) {
        return node.inputs.isEmpty() ? "" : node.inputs.get(0);
    }
}
