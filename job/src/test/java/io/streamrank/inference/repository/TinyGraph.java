// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes ONNX files of a few nodes, byte by byte, with the numbers of the fields in onnx.proto. */
public final class TinyGraph {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    private final ByteArrayOutputStream graph = new ByteArrayOutputStream();

    /** Adds an input of whole numbers, {@code [batch, tokens]}. */
    public TinyGraph input(String name) {
        return input(name, INT64, 0);
    }

    /** Adds an input of that type, {@code [batch, columns]}; 0 columns for any number of them. */
    public TinyGraph input(String name, int type, int columns) {
        byte[] second = columns > 0 ? number(1, columns) : bytes(2, name + "_columns");
        byte[] shape = join(bytes(1, bytes(2, "batch")), bytes(1, second));
        return add(11, value(name, join(number(1, type), bytes(2, shape))));
    }

    /** Adds an output of decimals. */
    public TinyGraph output(String name) {
        return add(12, value(name, number(1, FLOAT)));
    }

    public TinyGraph node(String operator, String output, String... inputs) {
        return add(1, nodeOf(operator, output, new byte[0], inputs));
    }

    /** Adds a node with an attribute that is a whole number. */
    public TinyGraph node(String operator, String output, String attribute, long value, String... inputs) {
        byte[] content = join(bytes(1, attribute), number(3, value), number(20, 2));
        return add(1, nodeOf(operator, output, bytes(5, content), inputs));
    }

    /** Adds a node with a constant tensor. */
    public TinyGraph constant(String output, byte[] tensor) {
        byte[] content = join(bytes(1, "value"), bytes(5, tensor), number(20, 4));
        return add(1, nodeOf("Constant", output, bytes(5, content)));
    }

    /** Adds a node with a graph inside. */
    public TinyGraph node(String operator, String output, TinyGraph inside, String... inputs) {
        byte[] content = join(bytes(1, "then_branch"), bytes(6, inside.graph.toByteArray()), number(20, 5));
        return add(1, nodeOf(operator, output, bytes(5, content), inputs));
    }

    public TinyGraph initializer(byte[] tensor) {
        return add(5, tensor);
    }

    public static byte[] floats(String name, List<Integer> shape, float... values) {
        ByteBuffer raw = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            raw.putFloat(value);
        }
        return join(shape(shape), number(2, FLOAT), bytes(8, name), bytes(9, raw.array()));
    }

    public static byte[] longs(String name, List<Integer> shape, long... values) {
        ByteBuffer raw = ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            raw.putLong(value);
        }
        return join(shape(shape), number(2, INT64), bytes(8, name), bytes(9, raw.array()));
    }

    /** Returns a tensor of decimals that lies in another file. */
    public static byte[] external(String name, List<Integer> shape, String location) {
        int length = Float.BYTES * shape.stream().reduce(1, (one, other) -> one * other);
        return join(
                shape(shape),
                number(2, FLOAT),
                bytes(8, name),
                bytes(13, join(bytes(1, "location"), bytes(2, location))),
                bytes(13, join(bytes(1, "offset"), bytes(2, "0"))),
                bytes(13, join(bytes(1, "length"), bytes(2, String.valueOf(length)))),
                number(14, 1));
    }

    /** Returns the file. */
    public byte[] bytes() {
        byte[] whole = join(graph.toByteArray(), bytes(2, "tiny"));
        return join(number(1, 8), bytes(7, whole), bytes(8, join(bytes(1, ""), number(2, 17))));
    }

    private TinyGraph add(int field, byte[] content) {
        graph.writeBytes(bytes(field, content));
        return this;
    }

    private static byte[] nodeOf(String operator, String output, byte[] attribute, String... inputs) {
        ByteArrayOutputStream node = new ByteArrayOutputStream();
        for (String input : inputs) {
            node.writeBytes(bytes(1, input));
        }
        return join(node.toByteArray(), bytes(2, output), bytes(3, output), bytes(4, operator), attribute);
    }

    private static byte[] value(String name, byte[] tensor) {
        return join(bytes(1, name), bytes(2, bytes(1, tensor)));
    }

    private static byte[] shape(List<Integer> shape) {
        return join(shape.stream().map(size -> number(1, size)).toArray(byte[][]::new));
    }

    static byte[] bytes(int field, String text) {
        return bytes(field, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] bytes(int field, byte[] content) {
        return join(varint(field << 3 | 2), varint(content.length), content);
    }

    static byte[] number(int field, long value) {
        return join(varint(field << 3), varint(value));
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] varint(long value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long rest = value;
        while (rest >>> 7 != 0) {
            bytes.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        bytes.write((int) rest);
        return bytes.toByteArray();
    }
}
