// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

import io.streamrank.inference.graph.BertWeights.Layer;
import io.streamrank.inference.graph.BertWeights.Linear;
import io.streamrank.inference.graph.BertWeights.Norm;
import io.streamrank.inference.graph.ModulePaths.Parameter;
import io.streamrank.inference.graph.OnnxGraph.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Takes the weights of a BERT encoder out of an ONNX file, quantised or not. Exports keep the names of biases and layer norms,
 * so these are found by name, or else by the path of their module, which is in the names of nodes' outputs. Matrices have lost theirs, so each is found from its bias: it is the other part of the product
 * that the bias is added to. Whoever uses the weights compares what they give with what the file gives.
 */
public final class BertReader {
    /** Copies of a value one after the other, as far as exports have them. */
    private static final int COPIES = 4;

    private static final String NORM = "embeddings.LayerNorm.weight";

    private final BertConfig config;
    private final GraphConstants constants;
    private final OnnxGraph graph;
    private final ModulePaths modules;
    private final String prefix;

    private BertReader(Path file, OnnxGraph graph, BertConfig config) throws UnrecognizedGraphException {
        this.config = config;
        this.graph = graph;
        this.constants = new GraphConstants(file, graph);
        this.modules = new ModulePaths(graph, constants);
        this.prefix = prefix();
    }

    /**
     * Finds the weights, which are read later.
     *
     * @throws UnrecognizedGraphException if the graph is not known to be a BERT's
     */
    public static BertWeights read(Path file, BertConfig config, Head head)
            throws IOException, UnrecognizedGraphException {
        OnnxGraph graph = OnnxGraph.read(file);
        return graph.operators().contains("Attention")
                ? new FusedBertReader(file, graph, config).read(head)
                : new BertReader(file, graph, config).read(head);
    }

    private BertWeights read(Head head) throws UnrecognizedGraphException {
        EmbeddingTables tables = new EmbeddingTables(graph, constants, config.hidden());
        if (graph.rowsOfCountedPositions().isPresent()) {
            throw new UnrecognizedGraphException("it counts positions as RoBERTa does");
        }
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            layers.add(layer(prefix + "encoder.layer." + i + "."));
        }
        String next = prefix + "encoder.layer." + config.layers() + ".attention.self.query.bias";
        if (constants.has(next) || modules.find(next) != null) {
            throw new UnrecognizedGraphException("it has more layers than config.json says");
        }
        int hidden = config.hidden();
        boolean logit = head == Head.LOGIT;
        return new BertWeights(
                config,
                tables.of("input_ids"),
                tables.positions(),
                tables.types(),
                norm(prefix + "embeddings.LayerNorm"),
                List.copyOf(layers),
                logit ? linear(prefix + "pooler.dense.bias", hidden, hidden) : null,
                logit ? linear(classifier(), hidden, 1) : null);
    }

    private String prefix() throws UnrecognizedGraphException {
        Set<String> prefixes = new TreeSet<>();
        for (Node node : graph.nodes()) {
            node.inputs().forEach(input -> addPrefix(input, prefixes));
        }
        if (prefixes.isEmpty()) {
            modules.names().forEach(name -> addPrefix(name, prefixes));
        }
        if (prefixes.size() != 1) {
            throw new UnrecognizedGraphException("it has " + prefixes.size() + " constants named …" + NORM);
        }
        return prefixes.iterator().next();
    }

    private static void addPrefix(String name, Set<String> prefixes) {
        if (name.endsWith(NORM)) {
            prefixes.add(name.substring(0, name.length() - NORM.length()));
        }
    }

    /** Returns the name of the classifier's bias. Without a name it is what the graph's first output ends in. */
    private String classifier() {
        String outer = prefix.endsWith("bert.") ? prefix.substring(0, prefix.length() - "bert.".length()) : "?";
        String name = outer + "classifier.bias";
        String output = graph.outputs().isEmpty() ? "" : graph.outputs().get(0) + ".bias";
        return constants.has(name) || modules.find(output) == null ? name : output;
    }

    private Layer layer(String name) throws UnrecognizedGraphException {
        int hidden = config.hidden();
        Weights bias = find(name + "intermediate.dense.bias");
        int inner = bias == null ? 0 : bias.size();
        return new Layer(
                linear(name + "attention.self.query.bias", hidden, hidden),
                linear(name + "attention.self.key.bias", hidden, hidden),
                linear(name + "attention.self.value.bias", hidden, hidden),
                linear(name + "attention.output.dense.bias", hidden, hidden),
                norm(name + "attention.output.LayerNorm"),
                linear(name + "intermediate.dense.bias", hidden, inner),
                linear(name + "output.dense.bias", inner, hidden),
                norm(name + "output.LayerNorm"));
    }

    private Norm norm(String name) throws UnrecognizedGraphException {
        return new Norm(vector(name + ".weight", config.hidden()), vector(name + ".bias", config.hidden()));
    }

    private Weights vector(String name, int length) throws UnrecognizedGraphException {
        Weights weights = find(name);
        if (weights == null || !weights.isVector(length)) {
            throw new UnrecognizedGraphException("it has no constant " + name + " of " + length + " numbers");
        }
        return weights;
    }

    private @Nullable Weights find(String name) {
        Parameter unnamed = constants.has(name) ? null : modules.find(name);
        return constants.find(unnamed == null ? name : unnamed.constant());
    }

    private Linear linear(String biasName, int inputs, int outputs) throws UnrecognizedGraphException {
        Weights bias = vector(biasName, outputs);
        Parameter unnamed = constants.has(biasName) ? null : modules.find(biasName);
        String constant = unnamed == null ? biasName : unnamed.constant();
        for (Node node : unnamed == null ? constants.consumers(biasName) : List.of(unnamed.user())) {
            Weights weight = matrix(node, constant);
            if (weight != null && weight.isMatrix(inputs, outputs)) {
                return new Linear(weight, bias);
            }
        }
        throw new UnrecognizedGraphException(
                "it adds " + biasName + " to no product with a matrix of " + inputs + " × " + outputs);
    }

    /** Returns the matrix, [inputs, outputs], of what a node adds the bias to; null where there is none. */
    private @Nullable Weights matrix(Node node, String bias) {
        return switch (node.operator()) {
            case "Add" -> product(node.input(node.input(0).equals(bias) ? 1 : 0), COPIES);
            case "BiasGelu", "SkipLayerNormalization" -> product(node.input(0), COPIES);
            case "Gemm" -> {
                Weights weight = constants.find(node.input(1));
                yield weight != null && node.number("transB", 0) == 1 ? weight.transposed() : weight;
            }
            default -> quantizedProduct(node);
        };
    }

    /**
     * Returns the matrix of a product; null where the value is none.
     *
     * @param copies nodes that may follow the product and only copy it
     */
    private @Nullable Weights product(String value, int copies) {
        Node node = constants.producer(value);
        if (node == null || copies < 0) {
            return null;
        }
        return switch (node.operator()) {
            case "MatMul" -> constants.find(node.input(1));
            case "Cast", "Identity", "Reshape" -> product(node.input(0), copies - 1);
            case "Mul" -> {
                Weights weight = scaledProduct(node.input(0), node.input(1));
                yield weight != null ? weight : scaledProduct(node.input(1), node.input(0));
            }
            default -> quantizedProduct(node);
        };
    }

    /** Returns the matrix of one of the operators that quantise, multiply and dequantise; null where the node is none. */
    private @Nullable Weights quantizedProduct(Node node) {
        return switch (node.operator()) {
            case "DynamicQuantizeMatMul" -> scaled(node.input(1), node.input(2), node.input(3));
            case "MatMulIntegerToFloat" -> scaled(node.input(1), node.input(3), node.input(5));
            default -> null;
        };
    }

    /** Returns the matrix of {@code MatMulInteger × (scale of the text × scale of the matrix)}; null where it is not that. */
    private @Nullable Weights scaledProduct(String whole, String scales) {
        Node node = constants.producer(whole);
        if (node != null && node.operator().equals("Cast")) {
            node = constants.producer(node.input(0));
        }
        Node scale = constants.producer(scales);
        if (node == null
                || scale == null
                || !node.operator().equals("MatMulInteger")
                || !scale.operator().equals("Mul")) {
            return null;
        }
        String own = scale.input(constants.find(scale.input(1)) == null ? 0 : 1);
        return scaled(node.input(1), own, node.input(3));
    }

    private @Nullable Weights scaled(String matrix, String scale, String zeroPoint) {
        Weights weight = constants.find(matrix);
        return weight == null || weight.dims().size() != 2 ? null : constants.dequantized(weight, scale, zeroPoint, 1);
    }
}
