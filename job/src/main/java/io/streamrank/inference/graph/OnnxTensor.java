// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says of a constant tensor what it is and where its numbers lie. They are read when they are asked for.
 *
 * @param type as ONNX numbers them
 * @param data null where the file has none that is known how to read
 */
public record OnnxTensor(
        String name, int type, List<Long> dims, @Nullable Data data) {
    static final int FLOAT = 1;
    static final int UINT8 = 2;
    static final int INT8 = 3;
    static final int FLOAT16 = 10;

    /**
     * Locates the numbers.
     *
     * @param location the file that they lie in, relative to the ONNX file's folder; null for the ONNX file itself
     * @param offset of the first byte
     * @param length in bytes
     * @param varints whether each number is a varint, and not of the type's own width
     */
    record Data(@Nullable String location, long offset, long length, boolean varints) {}

    /** Returns how many numbers it has. */
    long size() {
        return dims.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
    }

    /** Tells whether {@link #read} knows the type. */
    boolean isReadable() {
        return data != null && (type == FLOAT || type == UINT8 || type == INT8 || type == FLOAT16);
    }

    /** Reads the numbers, row-major. */
    float[] read(Path onnxFile) throws IOException {
        Data place = data;
        if (place == null || !isReadable()) {
            throw new IOException("tensor " + name + " has a type or form that is not read: " + type);
        }
        float[] values = new float[Math.toIntExact(size())];
        try (FileChannel channel = FileChannel.open(file(onnxFile, place.location()), StandardOpenOption.READ)) {
            channel.position(place.offset());
            if (place.varints()) {
                varints(Channels.newInputStream(channel), place.length(), values);
            } else {
                numbers(channel, values);
            }
        }
        return values;
    }

    private Path file(Path onnxFile, @Nullable String location) throws IOException {
        if (location == null) {
            return onnxFile;
        }
        Path whole = onnxFile.toAbsolutePath().normalize();
        Path file = whole.resolveSibling(location).normalize();
        Path folder = whole.getParent();
        if (folder == null || !file.startsWith(folder)) {
            throw new IOException("tensor " + name + " lies outside the model's folder: " + location);
        }
        return file;
    }

    private void numbers(FileChannel channel, float[] values) throws IOException {
        int width = type == FLOAT ? Float.BYTES : type == FLOAT16 ? Short.BYTES : Byte.BYTES;
        ByteBuffer buffer = ByteBuffer.allocate(1 << 18).order(ByteOrder.LITTLE_ENDIAN);
        for (int done = 0; done < values.length; ) {
            int numbers = Math.min(values.length - done, buffer.capacity() / width);
            buffer.clear().limit(numbers * width);
            while (buffer.hasRemaining()) {
                if (channel.read(buffer) < 0) {
                    throw new EOFException("tensor " + name + " has fewer numbers than its shape " + dims);
                }
            }
            buffer.flip();
            for (int i = 0; i < numbers; i++) {
                values[done++] = width == Float.BYTES
                        ? buffer.getFloat()
                        : ofBits(width == 1 ? buffer.get() : buffer.getShort());
            }
        }
    }

    private void varints(InputStream in, long length, float[] values) throws IOException {
        ProtobufReader reader = new ProtobufReader(in, length);
        for (int i = 0; i < values.length; i++) {
            values[i] = ofBits((int) reader.number());
        }
    }

    private float ofBits(int bits) {
        return switch (type) {
            case UINT8 -> bits & 0xff;
            case INT8 -> (byte) bits;
            default -> HalfFloat.toFloat((short) bits);
        };
    }
}
