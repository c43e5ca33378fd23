// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads an ONNX file's structure, without its weights. The numbers are those of the fields in
 * <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>.
 */
final class OnnxGraphReader {
    private static final int EXTERNAL = 1;

    private final ProtobufReader in;
    private final long size;
    private final List<OnnxGraph.Node> nodes = new ArrayList<>();
    private final Map<String, List<Long>> initializers = new HashMap<>();
    private final List<String> outputs = new ArrayList<>();
    private final Set<String> operators = new HashSet<>();
    private final NavigableSet<String> externalData = new TreeSet<>();

    OnnxGraphReader(InputStream in, long size) {
        this.in = new ProtobufReader(in, size);
        this.size = size;
    }

    /** Reads a ModelProto. */
    OnnxGraph read() throws IOException {
        in.message(size, (field, length) -> {
            switch (field) {
                case 7 -> graph(length, true);
                case 20 -> trainingInfo(length);
                case 25 -> function(length);
                default -> {}
            }
        });
        return new OnnxGraph(nodes, initializers, outputs, operators, externalData);
    }

    private void trainingInfo(long length) throws IOException {
        in.message(length, (field, part) -> {
            if (field == 1 || field == 2) {
                graph(part, false);
            }
        });
    }

    private void function(long length) throws IOException {
        in.message(length, (field, part) -> {
            if (field == 7) {
                node(part, false);
            } else if (field == 11) {
                attribute(part);
            }
        });
    }

    /** @param main whether it is the model's graph and not one inside a node */
    private void graph(long length, boolean main) throws IOException {
        in.message(length, (field, part) -> {
            switch (field) {
                case 1 -> node(part, main);
                case 5 -> tensor(part, main);
                case 12 -> output(part, main);
                case 15 -> sparseTensor(part);
                default -> {}
            }
        });
    }

    private void output(long length, boolean main) throws IOException {
        in.message(length, (field, part) -> {
            if (field == 1 && main) {
                outputs.add(in.string(part));
            }
        });
    }

    private void node(long length, boolean main) throws IOException {
        List<String> inputs = new ArrayList<>();
        List<String> results = new ArrayList<>();
        String[] operator = {""};
        in.message(length, (field, part) -> {
            switch (field) {
                case 1 -> inputs.add(in.string(part));
                case 2 -> results.add(in.string(part));
                case 4 -> operator[0] = in.string(part);
                case 5 -> attribute(part);
                default -> {}
            }
        });
        operators.add(operator[0]);
        if (main) {
            nodes.add(new OnnxGraph.Node(operator[0], inputs, results));
        }
    }

    private void attribute(long length) throws IOException {
        in.message(length, (field, part) -> {
            switch (field) {
                case 5, 10 -> tensor(part, false);
                case 6, 11 -> graph(part, false);
                case 22, 23 -> sparseTensor(part);
                default -> {}
            }
        });
    }

    private void sparseTensor(long length) throws IOException {
        in.message(length, (field, part) -> {
            if (field == 1 || field == 2) {
                tensor(part, false);
            }
        });
    }

    private void tensor(long length, boolean initializer) throws IOException {
        Tensor tensor = new Tensor();
        in.message(length, tensor);
        if (tensor.external) {
            externalData.addAll(tensor.locations);
        }
        if (initializer) {
            initializers.put(tensor.name, tensor.dims);
        }
    }

    /** Collects the fields of a TensorProto. */
    private final class Tensor implements ProtobufReader.Fields {
        private final List<Long> dims = new ArrayList<>();
        private final List<String> locations = new ArrayList<>();
        private String name = "";
        private boolean external;

        @Override
        public void bytes(int field, long length) throws IOException {
            switch (field) {
                case 1 -> {
                    for (long end = in.position() + length; in.position() < end; ) {
                        dims.add(in.number());
                    }
                }
                case 8 -> name = in.string(length);
                case 13 -> entry(length);
                default -> {}
            }
        }

        @Override
        public void number(int field, long value) {
            if (field == 1) {
                dims.add(value);
            } else if (field == 14) {
                external = value == EXTERNAL;
            }
        }

        private void entry(long length) throws IOException {
            String[] entry = {"", ""};
            in.message(length, (field, part) -> {
                if (field == 1 || field == 2) {
                    entry[field - 1] = in.string(part);
                }
            });
            if (entry[0].equals("location")) {
                locations.add(entry[1]);
            }
        }
    }
}
