// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Names how the bytes of a vector hold its numbers, as RedisVL names it. All are little-endian. */
public enum VectorType {
    FLOAT32(4),
    FLOAT64(8),
    FLOAT16(2),
    BFLOAT16(2),
    INT8(1),
    UINT8(1);

    private static final int HALF_EXPONENT = 0x1f;
    private static final int HALF_FRACTION_BITS = 10;
    private static final int HALF_BIAS = 15;

    private final int width;

    VectorType(int width) {
        this.width = width;
    }

    /**
     * Returns the numbers.
     *
     * @throws IllegalArgumentException where the bytes are no whole number of them
     */
    float[] numbers(byte[] bytes) {
        if (bytes.length % width != 0) {
            throw new IllegalArgumentException("has a vector of " + bytes.length + " bytes, but each number takes "
                    + width + ": say with --vector-type what they are");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        float[] numbers = new float[bytes.length / width];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) next(buffer);
        }
        return numbers;
    }

    private double next(ByteBuffer bytes) {
        return switch (this) {
            case FLOAT32 -> bytes.getFloat();
            case FLOAT64 -> bytes.getDouble();
            case FLOAT16 -> ofHalf(bytes.getShort());
            case BFLOAT16 -> Float.intBitsToFloat(bytes.getShort() << Short.SIZE);
            case INT8 -> bytes.get();
            case UINT8 -> Byte.toUnsignedInt(bytes.get());
        };
    }

    /** Converts an IEEE 754 number of 16 bits; {@code Float.float16ToFloat} came with Java 20. */
    private static float ofHalf(short bits) {
        int exponent = (bits >> HALF_FRACTION_BITS) & HALF_EXPONENT;
        int fraction = bits & ((1 << HALF_FRACTION_BITS) - 1);
        float sign = bits < 0 ? -1 : 1;
        if (exponent == HALF_EXPONENT) {
            return fraction == 0 ? sign * Float.POSITIVE_INFINITY : Float.NaN;
        }
        float mantissa = (float) fraction / (1 << HALF_FRACTION_BITS);
        return exponent == 0
                ? sign * mantissa * Math.scalb(1f, 1 - HALF_BIAS)
                : sign * (1 + mantissa) * Math.scalb(1f, exponent - HALF_BIAS);
    }
}
