// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

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
import org.jspecify.annotations.Nullable;

/**
 * Reads an ONNX file's structure, and where its weights lie. The numbers are those of the fields in
 * <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>.
 */
final class OnnxGraphReader {
    private static final int EXTERNAL = 1;

    private final ProtobufReader in;
    private final long size;
    private final List<OnnxGraph.Node> nodes = new ArrayList<>();
    private final Map<String, OnnxTensor> initializers = new HashMap<>();
    private final List<OnnxGraph.Input> graphInputs = new ArrayList<>();
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
        return new OnnxGraph(nodes, initializers, graphInputs, outputs, operators, externalData);
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
                case 5 -> {
                    OnnxTensor tensor = tensor(part);
                    if (main) {
                        initializers.put(tensor.name(), tensor);
                    }
                }
                case 11 -> input(part, main);
                case 12 -> output(part, main);
                case 15 -> sparseTensor(part);
                default -> {}
            }
        });
    }

    private void input(long length, boolean main) throws IOException {
        if (main) {
            graphInputs.add(OnnxInputReader.read(in, length));
        }
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
        Map<String, Number> numbers = new HashMap<>();
        List<OnnxTensor> tensors = new ArrayList<>();
        String[] operator = {""};
        in.message(length, (field, part) -> {
            switch (field) {
                case 1 -> inputs.add(in.string(part));
                case 2 -> results.add(in.string(part));
                case 4 -> operator[0] = in.string(part);
                case 5 -> {
                    Attribute attribute = attribute(part);
                    numbers.putAll(attribute.value);
                    tensors.addAll(attribute.tensors);
                }
                default -> {}
            }
        });
        operators.add(operator[0]);
        if (main) {
            nodes.add(new OnnxGraph.Node(operator[0], inputs, results, numbers));
            if (operator[0].equals("Constant") && tensors.size() == 1 && results.size() == 1) {
                initializers.put(results.get(0), tensors.get(0));
            }
        }
    }

    private Attribute attribute(long length) throws IOException {
        Attribute attribute = new Attribute();
        in.message(length, attribute);
        return attribute;
    }

    /** Collects the fields of an AttributeProto. */
    private final class Attribute implements ProtobufReader.Fields {
        private final Map<String, Number> value = new HashMap<>();
        private final List<OnnxTensor> tensors = new ArrayList<>();
        private String name = "";

        @Override
        public void bytes(int field, long length) throws IOException {
            switch (field) {
                case 1 -> name = in.string(length);
                case 5 -> tensors.add(tensor(length));
                case 10 -> {
                    OnnxTensor unused = tensor(length);
                }
                case 6, 11 -> graph(length, false);
                case 22, 23 -> sparseTensor(length);
                default -> {}
            }
        }

        @Override
        public void number(int field, long number) {
            if (field == 3) {
                value.put(name, number);
            }
        }

        @Override
        public void real(int field, float number) {
            if (field == 2) {
                value.put(name, number);
            }
        }
    }

    private void sparseTensor(long length) throws IOException {
        in.message(length, (field, part) -> {
            if (field == 1 || field == 2) {
                OnnxTensor unused = tensor(part);
            }
        });
    }

    private OnnxTensor tensor(long length) throws IOException {
        Tensor tensor = new Tensor();
        in.message(length, tensor);
        if (tensor.external && tensor.entries.containsKey("location")) {
            externalData.add(tensor.entries.get("location"));
        }
        return new OnnxTensor(tensor.name, tensor.type, tensor.dims, tensor.data());
    }

    /** Collects the fields of a TensorProto. */
    private final class Tensor implements ProtobufReader.Fields {
        private final List<Long> dims = new ArrayList<>();
        private final Map<String, String> entries = new HashMap<>();
        private String name = "";
        private int type;
        private boolean external;
        private OnnxTensor.@Nullable Data inside;

        @Override
        public void bytes(int field, long length) throws IOException {
            switch (field) {
                case 1 -> {
                    for (long end = in.position() + length; in.position() < end; ) {
                        dims.add(in.number());
                    }
                }
                case 4, 9 -> inside = new OnnxTensor.Data(null, in.position(), length, false);
                case 5 -> inside = new OnnxTensor.Data(null, in.position(), length, true);
                case 8 -> name = in.string(length);
                case 13 -> entry(length);
                default -> {}
            }
        }

        @Override
        public void number(int field, long value) {
            switch (field) {
                case 1 -> dims.add(value);
                case 2 -> type = (int) value;
                case 14 -> external = value == EXTERNAL;
                default -> {}
            }
        }

        OnnxTensor.@Nullable Data data() {
            if (!external) {
                return inside;
            }
            try {
                return new OnnxTensor.Data(
                        entries.getOrDefault("location", ""),
                        Long.parseLong(entries.getOrDefault("offset", "0")),
                        Long.parseLong(entries.getOrDefault("length", "0")),
                        false);
            } catch (NumberFormatException notReadable) {
                return null;
            }
        }

        private void entry(long length) throws IOException {
            String[] entry = {"", ""};
            in.message(length, (field, part) -> {
                if (field == 1 || field == 2) {
                    entry[field - 1] = in.string(part);
                }
            });
            entries.put(entry[0], entry[1]);
        }
    }
}
