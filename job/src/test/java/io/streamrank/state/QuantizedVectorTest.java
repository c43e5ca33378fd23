// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizedVectorTest {
    private final Random random = new Random(3);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 63, 64, 100, 384, 768, 1_000})
    void eachNumberIsOffByATinyPartOfTheLargest(int dimension) {
        for (int round = 0; round < 20; round++) {
            float[] vector = numbers(dimension);
            float[] rotated = Rotation.ofDimension(dimension).apply(vector);
            float largest = 0;
            for (float number : rotated) {
                largest = Math.max(largest, Math.abs(number));
            }
            QuantizedVector quantized = QuantizedVector.of(vector);
            byte[] coarse = quantized.coarse();
            for (int i = 0; i < dimension; i++) {
                assertThat((int) coarse[i]).isBetween(-QuantizedVector.COARSE_MAX, QuantizedVector.COARSE_MAX);
                double number =
                        quantized.step() * (256.0 * coarse[i] + quantized.fine()[i]);
                assertThat(Math.abs(number - rotated[i])).isLessThanOrEqualTo(largest / 32_000);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 384, 768, 1_000, 1_024})
    void rotatedVectorsHaveTheSameProducts(int dimension) {
        for (int round = 0; round < 20; round++) {
            float[] a = numbers(dimension);
            float[] b = numbers(dimension);
            Rotation rotation = Rotation.ofDimension(dimension);
            assertThat(dot(rotation.apply(a), rotation.apply(b))).isCloseTo(dot(a, b), within(1e-4 * dimension));
            assertThat(rotation.apply(a)).isEqualTo(rotation.apply(a.clone()));
        }
    }

    @Test
    void aFewLargeNumbersAreSpreadOverAll() {
        for (int at = 0; at < 384; at++) {
            float[] vector = new float[384];
            vector[at] = 1;
            for (float number : Rotation.ofDimension(384).apply(vector)) {
                assertThat(Math.abs(number)).isLessThan(0.2f);
            }
        }
    }

    @Test
    void aVectorOfZerosStaysOne() {
        QuantizedVector zeros = QuantizedVector.of(new float[70]);
        assertThat(zeros.step()).isZero();
        assertThat(zeros.coarse()).containsOnly(0);
    }

    @Test
    void travelsBetweenOperatorsAndThroughTheState() throws Exception {
        TypeSerializer<QuantizedVector> serializer =
                TypeInformation.of(QuantizedVector.class).createSerializer(new SerializerConfigImpl());
        QuantizedVector vector = QuantizedVector.of(numbers(100));
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(vector, out);
        DataOutputSerializer copied = new DataOutputSerializer(64);
        serializer.copy(new DataInputDeserializer(out.getCopyOfBuffer()), copied);
        QuantizedVector read = serializer.deserialize(new DataInputDeserializer(copied.getCopyOfBuffer()));
        assertThat(read).isEqualTo(vector).hasSameHashCodeAs(vector).isNotEqualTo(QuantizedVector.of(numbers(100)));
        assertThat(out.length()).isEqualTo(8 + 2 * 100);
        QuantizedVector target = serializer.createInstance();
        vector.copyTo(target);
        assertThat(target).isEqualTo(vector);
        assertThat(serializer.copy(vector)).isEqualTo(vector);
        assertThat(vector.copy()).isSameAs(vector);
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    private float[] numbers(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }
}
