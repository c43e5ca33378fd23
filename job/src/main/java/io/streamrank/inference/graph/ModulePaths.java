// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

import io.streamrank.inference.graph.OnnxGraph.Node;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds parameters whose names an export lost, as one does that folds casts of them. PyTorch names a node's output by the module
 * that it is in, so {@code /bert/pooler/dense/Gemm_output_0} is the result of {@code bert.pooler.dense}.
 */
final class ModulePaths {
    private static final Pattern OUTPUT = Pattern.compile("/(.+)/(?:Add|Gemm|LayerNormalization)_output_0");

    private final Map<String, Parameter> parameters = new HashMap<>();

    /**
     * Is a constant that a node of a module takes.
     *
     * @param constant its name in the graph
     */
    record Parameter(String constant, Node user) {}

    ModulePaths(OnnxGraph graph, GraphConstants constants) {
        for (Node node : graph.nodes()) {
            String output = node.outputs().isEmpty() ? "" : node.outputs().get(0);
            Matcher path = OUTPUT.matcher(output);
            if (path.matches()) {
                add(path.group(1).replace('/', '.'), node, constants);
            } else if (graph.outputs().contains(output)) {
                add(output, node, constants);
            }
        }
    }

    private void add(String module, Node node, GraphConstants constants) {
        switch (node.operator()) {
            case "LayerNormalization" -> {
                put(module + ".weight", node.input(1), node);
                put(module + ".bias", node.input(2), node);
            }
            case "Gemm" -> put(module + ".bias", node.input(2), node);
            case "Add" -> put(module + ".bias", node.input(constants.find(node.input(0)) == null ? 1 : 0), node);
            default -> {}
        }
    }

    private void put(String parameter, String constant, Node user) {
        parameters.putIfAbsent(parameter, new Parameter(constant, user));
    }

    /** Returns the parameter that PyTorch gives this name; null where no node tells of it. */
    @Nullable
    Parameter find(String name) {
        return parameters.get(name);
    }

    /** Returns the names of all parameters that were found. */
    Set<String> names() {
        return parameters.keySet();
    }
}
