// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

import io.streamrank.inference.graph.OnnxGraph.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the tables of embeddings in a graph: by what is looked up in them. */
final class EmbeddingTables {
    private static final String TYPES = "token_type_ids";
    private static final Set<String> INPUTS = Set.of("input_ids", TYPES);

    /** Names the table where types are no input. */
    private static final String TYPE_TABLE = "token_type_embeddings";

    private static final Set<String> COPYING = Set.of("Cast", "Identity");
    private static final int COPIES = 4;

    private final OnnxGraph graph;
    private final GraphConstants constants;
    private final int width;

    EmbeddingTables(OnnxGraph graph, GraphConstants constants, int width) {
        this.graph = graph;
        this.constants = constants;
        this.width = width;
    }

    /** Returns the table that an input's tokens are looked up in. */
    Weights of(String input) throws UnrecognizedGraphException {
        return only(gathered(input), input);
    }

    /**
     * Returns the table of token types. If these are no input, the graph always takes the first type, so its row then stands for
     * all of them.
     */
    Weights types() throws UnrecognizedGraphException {
        if (!constants.consumers(TYPES).isEmpty()) {
            return of(TYPES);
        }
        List<Weights> tables = new ArrayList<>();
        for (Node node : graph.nodes()) {
            Weights rows = node.operator().equals("Gather") && isOfTypes(node) ? constants.find(node.input(0)) : null;
            if (rows != null && isTable(rows)) {
                tables.add(looked(node, rows));
            }
        }
        return only(tables, TYPES).firstRowTwice();
    }

    private static boolean isOfTypes(Node gather) {
        return gather.input(0).contains(TYPE_TABLE)
                || gather.outputs().stream().anyMatch(name -> name.contains(TYPE_TABLE));
    }

    /** Returns the table of positions, which no input is looked up in. */
    Weights positions() throws UnrecognizedGraphException {
        List<Weights> tables = gathered(null);
        for (Node node : graph.nodes()) {
            Weights rows = node.operator().equals("Slice") ? constants.find(node.input(0)) : null;
            if (rows != null && isTable(rows)) {
                tables.add(rows);
            }
        }
        return only(tables, "positions");
    }

    private static Weights only(List<Weights> tables, String what) throws UnrecognizedGraphException {
        if (tables.size() != 1) {
            throw new UnrecognizedGraphException(
                    "it looks up " + what + " in " + tables.size() + " tables of its width");
        }
        return tables.get(0);
    }

    /** @param input null for all but the inputs of a BERT */
    private List<Weights> gathered(@Nullable String input) {
        List<Weights> tables = new ArrayList<>();
        for (Node node : graph.nodes()) {
            if (!node.operator().equals("Gather") || node.number("axis", 0) != 0) {
                continue;
            }
            String index = source(node.input(1));
            boolean wanted = input == null ? !INPUTS.contains(index) && !isOfTypes(node) : index.equals(input);
            Weights rows = wanted ? constants.find(node.input(0)) : null;
            if (rows != null && isTable(rows)) {
                tables.add(looked(node, rows));
            }
        }
        return tables;
    }

    private boolean isTable(Weights rows) {
        return rows.dims().size() == 2 && rows.dims().get(1) == width;
    }

    /** Returns the table as the numbers that become of its rows behind the look-up. */
    private Weights looked(Node gather, Weights rows) {
        for (Node node : constants.consumers(gather.outputs().get(0))) {
            Weights weights =
                    switch (node.operator()) {
                        case "DequantizeLinear" -> constants.dequantized(rows, node.input(1), node.input(2), 0);
                        case "Cast" -> scaledRows(node, rows);
                        default -> null;
                    };
            if (weights != null) {
                return weights;
            }
        }
        return rows;
    }

    /** Returns rows times the scale that is looked up for each; null where they are not scaled so. */
    private @Nullable Weights scaledRows(Node cast, Weights rows) {
        for (Node node : constants.consumers(cast.outputs().get(0))) {
            for (int i = 0; i < 2 && node.operator().equals("Mul"); i++) {
                Node scale = constants.producer(node.input(i));
                if (scale != null && scale.operator().equals("Gather")) {
                    return constants.dequantized(rows, scale.input(0), "", 0);
                }
            }
        }
        return null;
    }

    /** Follows copies of a value, as far as exports have them. */
    private String source(String value) {
        String source = value;
        for (int i = 0; i < COPIES; i++) {
            Node node = constants.producer(source);
            if (node == null || !COPYING.contains(node.operator())) {
                return source;
            }
            source = node.input(0);
        }
        return source;
    }
}
