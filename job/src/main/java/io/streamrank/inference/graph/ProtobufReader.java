// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads the <a href="https://protobuf.dev/programming-guides/encoding/">wire format of Protocol Buffers</a> from a stream. It
 * skips what nobody asks for, so that weights of gigabytes are not read. For one thread.
 */
final class ProtobufReader {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_STRING = 1 << 16;

    private final InputStream in;
    private long position;
    private long limit;
    private int depth;

    /**
     * Creates a reader.
     *
     * @param in the caller closes it
     * @param size of the stream, in bytes
     */
    ProtobufReader(InputStream in, long size) {
        this.in = in;
        this.limit = size;
    }

    /** Receives the fields of a message. */
    interface Fields {
        /** Receives a string, a message or packed numbers. What it does not read is skipped. */
        void bytes(int field, long length) throws IOException;

        /** Receives a whole number. */
        default void number(int field, long value) throws IOException {}

        /** Receives a decimal of 32 bits. */
        default void real(int field, float value) throws IOException {}
    }

    /** Tells that the stream is not in the wire format. */
    static final class MalformedException extends IOException {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message);
        }
    }

    /** Reads a message of that length. */
    void message(long length, Fields fields) throws IOException {
        long outer = limit;
        check(length >= 0 && length <= limit - position, "a message is longer than what holds it");
        check(depth < MAX_DEPTH, "messages are nested too deeply");
        depth++;
        limit = position + length;
        while (position < limit) {
            long tag = number();
            int field = (int) (tag >>> 3);
            switch ((int) tag & 7) {
                case 0 -> fields.number(field, number());
                case 1 -> skip(Long.BYTES);
                case 2 -> part(field, number(), fields);
                case 5 -> fields.real(field, Float.intBitsToFloat(fixed32()));
                default -> throw new MalformedException("a field has an unknown wire type");
            }
        }
        limit = outer;
        depth--;
    }

    /** Reads a string of that length. */
    String string(long length) throws IOException {
        check(length >= 0 && length <= Math.min(limit - position, MAX_STRING), "a name is too long");
        byte[] bytes = in.readNBytes((int) length);
        check(bytes.length == length, "the file ends in a name");
        position += length;
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Reads one number, seven bits a byte. */
    long number() throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            check(position < limit, "a number is longer than what holds it");
            int next = in.read();
            check(next >= 0, "the file ends in a number");
            position++;
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new MalformedException("a number has more than 64 bits");
    }

    private int fixed32() throws IOException {
        check(Integer.BYTES <= limit - position, "a field is longer than what holds it");
        int bits = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            int next = in.read();
            check(next >= 0, "the file ends in a number");
            bits |= next << shift;
        }
        position += Integer.BYTES;
        return bits;
    }

    /** Returns where the reader is, in bytes from the beginning. */
    long position() {
        return position;
    }

    private void part(int field, long length, Fields fields) throws IOException {
        check(length >= 0 && length <= limit - position, "a field is longer than what holds it");
        long end = position + length;
        fields.bytes(field, length);
        skip(end - position);
    }

    private void skip(long bytes) throws IOException {
        check(bytes >= 0 && bytes <= limit - position, "a field is longer than what holds it");
        in.skipNBytes(bytes);
        position += bytes;
    }

    private static void check(boolean holds, String otherwise) throws MalformedException {
        if (!holds) {
            throw new MalformedException(otherwise);
        }
    }
}
