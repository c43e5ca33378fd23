// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what an ONNX file says of an input of its graph. The numbers are those of the fields in
 * <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>.
 */
final class OnnxInputReader {
    private final ProtobufReader in;
    private final List<Long> dims = new ArrayList<>();
    private String name = "";
    private int type;

    private OnnxInputReader(ProtobufReader in) {
        this.in = in;
    }

    /** Reads a ValueInfoProto. */
    static OnnxGraph.Input read(ProtobufReader in, long length) throws IOException {
        OnnxInputReader reader = new OnnxInputReader(in);
        in.message(length, reader::value);
        return new OnnxGraph.Input(reader.name, reader.type, reader.dims);
    }

    private void value(int field, long length) throws IOException {
        switch (field) {
            case 1 -> name = in.string(length);
            case 2 -> in.message(length, this::anyType);
            default -> {}
        }
    }

    private void anyType(int field, long length) throws IOException {
        if (field == 1) {
            in.message(length, new TensorType());
        }
    }

    private void dimension(int field, long length) throws IOException {
        if (field == 1) {
            dims.add(0L);
            in.message(length, new Dimension());
        }
    }

    /** Takes the fields of a TypeProto.Tensor. */
    private final class TensorType implements ProtobufReader.Fields {
        @Override
        public void bytes(int field, long length) throws IOException {
            if (field == 2) {
                in.message(length, OnnxInputReader.this::dimension);
            }
        }

        @Override
        public void number(int field, long value) {
            if (field == 1) {
                type = (int) value;
            }
        }
    }

    /** Takes the fields of a TensorShapeProto.Dimension. */
    private final class Dimension implements ProtobufReader.Fields {
        @Override
        public void bytes(int field, long length) {
            // A name of the size: whoever runs the graph chooses it.
        }

        @Override
        public void number(int field, long value) {
            if (field == 1) {
                dims.set(dims.size() - 1, value);
            }
        }
    }
}
