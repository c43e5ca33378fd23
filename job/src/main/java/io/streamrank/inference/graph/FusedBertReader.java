// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

import io.streamrank.inference.graph.BertWeights.Layer;
import io.streamrank.inference.graph.BertWeights.Linear;
import io.streamrank.inference.graph.BertWeights.Norm;
import io.streamrank.inference.graph.OnnxGraph.Node;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes the weights of a BERT out of a graph whose attention is one node, as ONNX Runtime's optimiser and ourselves write it.
 * It follows the graph from each attention to the next.
 */
final class FusedBertReader {
    private static final String NORM = "SkipLayerNormalization";

    private final OnnxGraph graph;
    private final GraphConstants constants;
    private final BertConfig config;

    FusedBertReader(Path file, OnnxGraph graph, BertConfig config) {
        this.graph = graph;
        this.constants = new GraphConstants(file, graph);
        this.config = config;
    }

    BertWeights read(Head head) throws UnrecognizedGraphException {
        List<Node> attentions = graph.nodes().stream()
                .filter(node -> node.operator().equals("Attention"))
                .toList();
        if (attentions.size() != config.layers()) {
            throw new UnrecognizedGraphException("it has " + attentions.size()
                    + " nodes of attention, and config.json says " + config.layers() + " layers");
        }
        List<Layer> layers = new ArrayList<>();
        for (Node attention : attentions) {
            layers.add(layer(attention));
        }
        Node first = required(constants.producer(attentions.get(0).input(0)), "a node before its first attention");
        boolean logit = head == Head.LOGIT;
        boolean whole = first.operator().equals("EmbedLayerNormalization");
        EmbeddingTables tables = new EmbeddingTables(graph, constants, config.hidden());
        return new BertWeights(
                config,
                whole ? constant(first.input(2)) : tables.of("input_ids"),
                whole ? constant(first.input(3)) : tables.positions(),
                whole ? constant(first.input(4)) : tables.of("token_type_ids"),
                whole
                        ? new Norm(constant(first.input(5)), constant(first.input(6)))
                        : new Norm(constant(first.input(2)), constant(first.input(3))),
                layers,
                logit ? linear(constants.producer(tanh().input(0))) : null,
                logit ? linear(after(tanh().outputs().get(0), "Gemm", "MatMul")) : null);
    }

    private Layer layer(Node attention) throws UnrecognizedGraphException {
        int hidden = config.hidden();
        Weights matrix = constant(attention.input(1));
        Weights bias = constant(attention.input(2));
        if (!matrix.isMatrix(hidden, 3 * hidden) || attention.number("unidirectional", 0) != 0) {
            throw new UnrecognizedGraphException("its attention is not a BERT's");
        }
        Linear[] parts = new Linear[3];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = new Linear(matrix.columns(i * hidden, hidden), bias.columns(i * hidden, hidden));
        }
        Dense output = dense(attention.outputs().get(0), NORM);
        Dense up = dense(output.end().outputs().get(0), "BiasGelu");
        Dense down = dense(up.end().outputs().get(0), NORM);
        return new Layer(
                parts[0], parts[1], parts[2], output.linear(), norm(output), up.linear(), down.linear(), norm(down));
    }

    /** Is a product with its bias, and the node that takes their sum. */
    private record Dense(Linear linear, Node end) {}

    /** Finds the product with a value, and the node of that operator which takes it; the bias is added there or between. */
    private Dense dense(String value, String end) throws UnrecognizedGraphException {
        Node product = after(value, "MatMul", "Gemm", "Gather"); // the last layer may go on with the first tokens
        if (product.operator().equals("Gather")) {
            product = after(product.outputs().get(0), "MatMul", "Gemm");
        }
        String result = product.outputs().get(0);
        Node next = after(result, end, "Add", "Gelu");
        if (next.operator().equals("Add")) {
            Weights bias = constant(next.input(next.input(0).equals(result) ? 1 : 0));
            String sum = next.outputs().get(0);
            return new Dense(new Linear(constant(product.input(1)), bias), after(sum, end, "Gelu"));
        }
        Weights bias = constant(next.input(end.equals(NORM) ? 4 : 1));
        return new Dense(new Linear(constant(product.input(1)), bias), next);
    }

    private Norm norm(Dense before) throws UnrecognizedGraphException {
        return new Norm(constant(before.end().input(2)), constant(before.end().input(3)));
    }

    /** Returns the matrix and bias that give a node's output. */
    private Linear linear(@Nullable Node end) throws UnrecognizedGraphException {
        Node node = required(end, "a pooler or classifier");
        if (node.operator().equals("Gemm")) {
            Weights matrix = constant(node.input(1));
            return new Linear(node.number("transB", 0) == 1 ? matrix.transposed() : matrix, constant(node.input(2)));
        }
        Node sum = node.operator().equals("Add") ? node : after(node.outputs().get(0), "Add");
        boolean biasFirst = constants.find(sum.input(0)) != null;
        Node product = required(constants.producer(sum.input(biasFirst ? 1 : 0)), "a product before a bias");
        return new Linear(constant(product.input(1)), constant(sum.input(biasFirst ? 0 : 1)));
    }

    private Node tanh() throws UnrecognizedGraphException {
        List<Node> found = graph.nodes().stream()
                .filter(node -> node.operator().equals("Tanh"))
                .toList();
        return required(found.size() == 1 ? found.get(0) : null, "one pooler");
    }

    /** Returns the only node of these operators that takes the value. */
    private Node after(String value, String... operators) throws UnrecognizedGraphException {
        List<Node> found = constants.consumers(value).stream()
                .filter(node -> List.of(operators).contains(node.operator()))
                .toList();
        return required(found.size() == 1 ? found.get(0) : null, operators[0] + " after " + value);
    }

    private Weights constant(String name) throws UnrecognizedGraphException {
        Weights weights = constants.find(name);
        if (weights == null) {
            throw new UnrecognizedGraphException("its " + name + " is no constant that can be read");
        }
        return weights;
    }

    private static Node required(@Nullable Node node, String what) throws UnrecognizedGraphException {
        if (node == null) {
            throw new UnrecognizedGraphException("it does not have " + what);
        }
        return node;
    }
}
