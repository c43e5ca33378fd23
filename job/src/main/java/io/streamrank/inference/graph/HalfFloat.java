// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

/** Converts numbers of half precision (IEEE 754 binary16). Java has methods for it from version 20 on. */
final class HalfFloat {
    private static final int MANTISSA_BITS = 10;
    private static final int DROPPED_BITS = 13;
    private static final int EXPONENT = 0x1f;
    private static final int BIAS = 15;
    private static final int FLOAT_BIAS = 127;
    private static final int FLOAT_MANTISSA_BITS = 23;

    /** The largest number; 65,504. */
    static final float MOST = 65_504;

    private HalfFloat() {}

    static float toFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >>> MANTISSA_BITS) & EXPONENT;
        int mantissa = half & 0x3ff;
        if (exponent == EXPONENT) {
            return Float.intBitsToFloat(sign | 0x7f800000 | (mantissa << DROPPED_BITS));
        }
        float value = exponent == 0
                ? Math.scalb((float) mantissa, 1 - BIAS - MANTISSA_BITS)
                : Float.intBitsToFloat(
                        ((exponent + FLOAT_BIAS - BIAS) << FLOAT_MANTISSA_BITS) | (mantissa << DROPPED_BITS));
        return sign == 0 ? value : -value;
    }

    /** Returns the nearest number; of two, the one whose last bit is 0. What is too large becomes infinite. */
    static short of(float value) {
        int bits = Float.floatToIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int rest = bits & 0x7fffffff;
        if (rest > 0x7f800000) {
            return (short) (sign | 0x7e00);
        }
        int exponent = (rest >>> FLOAT_MANTISSA_BITS) - FLOAT_BIAS + BIAS;
        if (exponent >= EXPONENT) {
            return (short) (sign | 0x7c00);
        }
        if (exponent <= 0) {
            // Subnormal: multiples of 2^-24. The product is exact, and rint rounds as asked.
            return (short) (sign | (int) Math.rint(Math.abs((double) value) * 0x1p24));
        }
        int half = (exponent << MANTISSA_BITS) | ((rest >>> DROPPED_BITS) & 0x3ff);
        int dropped = rest & ((1 << DROPPED_BITS) - 1);
        int middle = 1 << (DROPPED_BITS - 1);
        boolean up = dropped > middle || (dropped == middle && (half & 1) == 1);
        return (short) (sign | (up ? half + 1 : half));
    }
}
