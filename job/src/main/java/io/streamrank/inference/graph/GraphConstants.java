// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

import io.streamrank.inference.graph.OnnxGraph.Node;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the constants of a graph, through what only copies, turns or dequantises them, and who uses a value. */
final class GraphConstants {
    private static final int MAX_DEPTH = 16;

    private final Path file;
    private final OnnxGraph graph;
    private final Map<String, Node> producers;
    private final Map<String, List<Node>> consumers = new HashMap<>();

    GraphConstants(Path file, OnnxGraph graph) {
        this.file = file;
        this.graph = graph;
        this.producers = graph.producers();
        for (Node node : graph.nodes()) {
            for (String input : node.inputs()) {
                consumers.computeIfAbsent(input, name -> new ArrayList<>()).add(node);
            }
        }
    }

    List<Node> consumers(String value) {
        return consumers.getOrDefault(value, List.of());
    }

    @Nullable
    Node producer(String value) {
        return producers.get(value);
    }

    /** Tells whether there is a value of that name that could be a constant. */
    boolean has(String name) {
        return graph.initializers().containsKey(name) || producers.containsKey(name);
    }

    /** Returns the constant of that name; null where it is none of one or two dimensions, or of a type that is not read. */
    @Nullable
    Weights find(String name) {
        return find(name, 0);
    }

    private @Nullable Weights find(String name, int depth) {
        OnnxTensor tensor = graph.initializers().get(name);
        if (tensor != null) {
            return of(tensor);
        }
        Node node = producers.get(name);
        if (node == null || depth > MAX_DEPTH) {
            return null;
        }
        Weights first = node.inputs().isEmpty() ? null : find(node.input(0), depth + 1);
        return first == null
                ? null
                : switch (node.operator()) {
                    case "Identity", "Cast" -> first;
                    case "Transpose" -> first.transposed();
                    case "DequantizeLinear" -> dequantized(node, first);
                    default -> null;
                };
    }

    /** Returns what a node dequantises, with its scale and zero point; null where these are no constants. */
    @Nullable
    Weights dequantized(Node node, Weights quantized) {
        int axis = (int) node.number("axis", 1);
        return dequantized(
                quantized,
                node.input(1),
                node.input(2),
                Math.max(0, Math.min(axis, quantized.dims().size() - 1)));
    }

    /** Returns the weights of that scale and zero point; null where these are no constants or do not fit. */
    @Nullable
    Weights dequantized(Weights quantized, String scaleName, String zeroName, int axis) {
        Weights scale = find(scaleName);
        Weights zero = zeroName.isEmpty() ? null : find(zeroName);
        int length = quantized.dims().get(axis);
        if (scale == null || !scale.scales(length) || (zero == null && !zeroName.isEmpty())) {
            return null;
        }
        return zero != null && !zero.scales(length) ? null : quantized.dequantized(scale, zero, axis);
    }

    private @Nullable Weights of(OnnxTensor tensor) {
        List<Long> dims = tensor.dims();
        if (!tensor.isReadable()
                || dims.size() > 2
                || dims.stream().anyMatch(dim -> dim < 1 || dim > Integer.MAX_VALUE)) {
            return null;
        }
        if (dims.stream().mapToDouble(Long::doubleValue).reduce(1, (a, b) -> a * b) > Integer.MAX_VALUE) {
            return null;
        }
        List<Integer> small =
                dims.isEmpty() ? List.of(1) : dims.stream().map(Long::intValue).toList();
        return new Weights(small, tensor.type() == OnnxTensor.FLOAT, () -> tensor.read(file));
    }
}
