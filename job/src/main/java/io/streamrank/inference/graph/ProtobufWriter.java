// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the <a href="https://protobuf.dev/programming-guides/encoding/">wire format of Protocol Buffers</a> into memory. */
final class ProtobufWriter {
    private static final int VARINT = 0;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    ProtobufWriter number(int field, long value) {
        varint((long) field << 3 | VARINT);
        varint(value);
        return this;
    }

    ProtobufWriter real(int field, float value) {
        varint((long) field << 3 | FIXED32);
        int bits = Float.floatToRawIntBits(value);
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            out.write(bits >>> shift);
        }
        return this;
    }

    ProtobufWriter string(int field, String text) {
        return bytes(field, text.getBytes(StandardCharsets.UTF_8));
    }

    ProtobufWriter message(int field, ProtobufWriter content) {
        return bytes(field, content.toBytes());
    }

    ProtobufWriter bytes(int field, byte[] content) {
        head(field, content.length);
        out.writeBytes(content);
        return this;
    }

    /** Writes what comes before the content of a field, for content that is written elsewhere. */
    ProtobufWriter head(int field, long length) {
        varint((long) field << 3 | LENGTH);
        varint(length);
        return this;
    }

    byte[] toBytes() {
        return out.toByteArray();
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
