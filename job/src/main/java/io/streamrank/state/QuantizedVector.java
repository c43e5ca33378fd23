// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.CopyableValue;
import org.jspecify.annotations.Nullable;

/**
 * Holds a vector in two planes of a byte a number: a coarse one, which a search reads of every vector, and a fine one with what the
 * coarse one leaves over. A number is {@code step × (256 × coarse + fine)}, and so off by at most 2⁻¹⁵ of the largest number. The
 * vector was {@link Rotation rotated} first.
 *
 * <p>The coarse numbers may lie elsewhere, in an index, so that there is one copy of them. A place always gives the same numbers, also
 * after they moved on. So any number of threads may read a vector while one moves it.
 */
public final class QuantizedVector implements CopyableValue<QuantizedVector> {
    /** Coarse numbers are at most this, and at least its negative. */
    public static final int COARSE_MAX = 63;

    /** A step of a coarse number, in fine steps. */
    public static final int FINE_STEPS = 256;

    /** Largest sum of both planes: its coarse part rounds to {@link #COARSE_MAX}. */
    private static final int MAX = COARSE_MAX * FINE_STEPS + FINE_STEPS / 2 - 1;

    /** Gives the coarse numbers of a vector, always the same. */
    public interface Place {
        /** Writes the numbers, as many as there is room for. */
        void copyTo(byte[] numbers);
    }

    private float largest;
    private byte[] fine = new byte[0];
    private volatile Place coarse = numbers -> {};

    /** Makes a vector that has yet to be {@link #read}; for Flink. */
    public QuantizedVector() {}

    private QuantizedVector(float largest, byte[] coarse, byte[] fine) {
        this.largest = largest;
        this.fine = fine;
        this.coarse = placeOf(coarse);
    }

    /** Quantises a vector of finite numbers. The result depends on the vector alone. */
    public static QuantizedVector of(float[] vector) {
        float[] rotated = Rotation.ofDimension(vector.length).apply(vector);
        float largest = largest(rotated);
        double step = (double) largest / MAX;
        byte[] coarse = new byte[rotated.length];
        byte[] fine = new byte[rotated.length];
        for (int i = 0; i < rotated.length && step > 0; i++) {
            int number = (int) Math.round(rotated[i] / step);
            coarse[i] = (byte) ((number + FINE_STEPS / 2) >> 8);
            fine[i] = (byte) (number - FINE_STEPS * coarse[i]);
        }
        return new QuantizedVector(largest, coarse, fine);
    }

    private static float largest(float[] numbers) {
        float largest = 0;
        for (float number : numbers) {
            largest = Math.max(largest, Math.abs(number));
        }
        return largest;
    }

    private static Place placeOf(byte[] coarse) {
        return numbers -> System.arraycopy(coarse, 0, numbers, 0, numbers.length);
    }

    public int dimension() {
        return fine.length;
    }

    /** Returns what one fine step is. */
    public double step() {
        return (double) largest / MAX;
    }

    /** Returns the fine plane, which nobody may change. */
    public byte[] fine() {
        return fine;
    }

    /** Returns a copy of the coarse plane. */
    public byte[] coarse() {
        byte[] numbers = new byte[fine.length];
        coarse.copyTo(numbers);
        return numbers;
    }

    /** Takes the coarse numbers from another place from now on, where they are the same. */
    public void moveTo(Place place) {
        coarse = place;
    }

    /** Returns this: its numbers never change. */
    @Override
    public QuantizedVector copy() {
        return this;
    }

    @Override
    public void copyTo(QuantizedVector target) {
        target.largest = largest;
        target.fine = fine;
        target.coarse = coarse;
    }

    @Override
    public int getBinaryLength() {
        return -1;
    }

    @Override
    public void write(DataOutputView target) throws IOException {
        target.writeInt(fine.length);
        target.writeFloat(largest);
        target.write(coarse());
        target.write(fine);
    }

    @Override
    public void read(DataInputView source) throws IOException {
        int dimension = source.readInt();
        largest = source.readFloat();
        byte[] read = new byte[dimension];
        source.readFully(read);
        coarse = placeOf(read);
        fine = new byte[dimension];
        source.readFully(fine);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        int dimension = source.readInt();
        byte[] rest = new byte[Float.BYTES + 2 * dimension];
        source.readFully(rest);
        target.writeInt(dimension);
        target.write(rest); // the method that takes a source does not enlarge Flink's buffer
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof QuantizedVector that
                && largest == that.largest
                && Arrays.equals(fine, that.fine)
                && Arrays.equals(coarse(), that.coarse());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(fine);
    }

    @Override
    public String toString() {
        return "QuantizedVector[dim=" + fine.length + "]";
    }
}
