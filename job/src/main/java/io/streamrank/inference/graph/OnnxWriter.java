// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes an ONNX file. Weights are read one after the other while it is written. The numbers are those of the fields in
 * <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>.
 */
final class OnnxWriter {
    static final int FLOAT = OnnxTensor.FLOAT;
    static final int HALF = OnnxTensor.FLOAT16;
    static final int INT32 = 6;
    static final int INT64 = 7;

    /** Operators of ONNX itself, and of ONNX Runtime. */
    private static final String MICROSOFT = "com.microsoft";

    private static final int IR_VERSION = 8;
    private static final int OPERATOR_SET = 17;
    /** Protocol Buffers refuse larger messages. */
    private static final long MOST_BYTES = Integer.MAX_VALUE;

    private final ProtobufWriter nodes = new ProtobufWriter();
    private final ProtobufWriter ends = new ProtobufWriter();
    private final List<Tensor> tensors = new ArrayList<>();

    private record Tensor(byte[] head, long length, Content content) {}

    /** Writes a tensor's bytes. */
    private interface Content {
        void write(OutputStream out) throws IOException;
    }

    /** Adds a node of ONNX's own operators. */
    String node(String operator, List<String> inputs, String output, Map<String, ? extends Number> attributes) {
        return node("", operator, inputs, List.of(output), attributes);
    }

    /** Adds a node of ONNX Runtime's operators. */
    String fused(String operator, List<String> inputs, List<String> outputs, Map<String, ? extends Number> attributes) {
        return node(MICROSOFT, operator, inputs, outputs, attributes);
    }

    private String node(
            String domain,
            String operator,
            List<String> inputs,
            List<String> outputs,
            Map<String, ? extends Number> attributes) {
        ProtobufWriter node = new ProtobufWriter();
        inputs.forEach(input -> node.string(1, input));
        outputs.forEach(output -> node.string(2, output));
        node.string(3, outputs.get(0)).string(4, operator);
        attributes.forEach((name, value) -> {
            ProtobufWriter attribute = new ProtobufWriter().string(1, name);
            if (value instanceof Float decimal) {
                attribute.real(2, decimal).number(20, 1);
            } else {
                attribute.number(3, value.longValue()).number(20, 2);
            }
            node.message(5, attribute);
        });
        nodes.message(1, node.string(7, domain));
        return outputs.get(0);
    }

    /** Adds weights, in full or half precision. */
    String weights(String name, int type, Weights weights) {
        long length = (long) weights.size() * (type == HALF ? Short.BYTES : Float.BYTES);
        add(name, type, weights.dims(), length, out -> write(out, name, type, weights.read()));
        return name;
    }

    /** Adds whole numbers. */
    String numbers(String name, List<Integer> dims, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            bytes.putLong(value);
        }
        add(name, INT64, dims, bytes.capacity(), out -> out.write(bytes.array()));
        return name;
    }

    private void add(String name, int type, List<Integer> dims, long length, Content content) {
        ProtobufWriter head = new ProtobufWriter();
        dims.forEach(dim -> head.number(1, dim));
        head.number(2, type).string(8, name).head(9, length);
        tensors.add(new Tensor(head.toBytes(), length, content));
    }

    /** Adds an input of whole numbers, whatever its size. */
    void input(String name, String... dims) {
        ends.message(11, value(name, INT64, List.of(dims)));
    }

    /** Adds an output in full precision. */
    void output(String name, Object... dims) {
        ends.message(12, value(name, FLOAT, List.of(dims)));
    }

    private static ProtobufWriter value(String name, int type, List<?> dims) {
        ProtobufWriter shape = new ProtobufWriter();
        for (Object dim : dims) {
            ProtobufWriter size = new ProtobufWriter();
            shape.message(1, dim instanceof Integer fixed ? size.number(1, fixed) : size.string(2, dim.toString()));
        }
        ProtobufWriter tensor = new ProtobufWriter().number(1, type).message(2, shape);
        return new ProtobufWriter().string(1, name).message(2, new ProtobufWriter().message(1, tensor));
    }

    /** Writes all that was added. */
    void write(Path file) throws IOException, UnrecognizedGraphException {
        byte[] first = nodes.toBytes();
        byte[] last = new ProtobufWriter().string(2, "bert").toBytes();
        byte[] inputsAndOutputs = ends.toBytes();
        long length = (long) first.length + last.length + inputsAndOutputs.length;
        for (Tensor tensor : tensors) {
            long whole = tensor.head.length + tensor.length;
            length += new ProtobufWriter().head(5, whole).toBytes().length + whole;
        }
        if (length > MOST_BYTES) {
            throw new UnrecognizedGraphException("its weights take more than 2 GB");
        }
        ProtobufWriter model = new ProtobufWriter()
                .number(1, IR_VERSION)
                .string(2, "StreamRank")
                .message(8, operators("", OPERATOR_SET))
                .message(8, operators(MICROSOFT, 1))
                .head(7, length);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            out.write(model.toBytes());
            out.write(first);
            out.write(last);
            for (Tensor tensor : tensors) {
                out.write(new ProtobufWriter()
                        .head(5, tensor.head.length + tensor.length)
                        .toBytes());
                out.write(tensor.head);
                tensor.content.write(out);
            }
            out.write(inputsAndOutputs);
        }
    }

    private static ProtobufWriter operators(String domain, int version) {
        return new ProtobufWriter().string(1, domain).number(2, version);
    }

    private static void write(OutputStream out, String name, int type, float[] values) throws IOException {
        int width = type == HALF ? Short.BYTES : Float.BYTES;
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.min(values.length * width, 1 << 18)).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            if (bytes.remaining() < width) {
                out.write(bytes.array(), 0, bytes.position());
                bytes.clear();
            }
            if (type == HALF) {
                if (!(Math.abs(value) <= HalfFloat.MOST)) {
                    throw new IOException("weight " + name + " has " + value + ", which half precision does not hold");
                }
                bytes.putShort(HalfFloat.of(value));
            } else {
                bytes.putFloat(value);
            }
        }
        out.write(bytes.array(), 0, bytes.position());
    }
}
