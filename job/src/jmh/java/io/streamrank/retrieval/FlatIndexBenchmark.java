// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Exact search, next to what bounds it: reading the coarse numbers once, and the plain way to do it, one vector of floats after the
 * other. A search of many documents uses all cores.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx4g")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class FlatIndexBenchmark {
    private static final int NEIGHBOURS = 50;
    private static final int BYTES_A_PART = 1 << 18;
    /** Vectors of floats, 1.5 kB each. */
    private static final int MOST_ROWS = 200_000;

    @Param({"1000", "20000", "200000", "1000000"})
    public int documents;

    private FlatIndex<Integer> index;
    private float[][] queries;
    private float[] rows;
    private long[][] parts;
    private int turn;

    @Setup
    public void fill() {
        RandomVectors vectors = new RandomVectors(2);
        index = new FlatIndex<>(RandomVectors.DIMENSION);
        rows = new float[Math.min(documents, MOST_ROWS) * RandomVectors.DIMENSION];
        for (int i = 0; i < documents; i++) {
            float[] vector = vectors.next();
            index.put("d" + i, vector, i);
            if (i < MOST_ROWS) {
                System.arraycopy(vector, 0, rows, i * RandomVectors.DIMENSION, RandomVectors.DIMENSION);
            }
        }
        int bytes = documents * RandomVectors.DIMENSION;
        parts = new long[Math.max(1, bytes / BYTES_A_PART)][Math.min(bytes, BYTES_A_PART) / Long.BYTES];
        queries = new float[64][];
        for (int i = 0; i < queries.length; i++) {
            queries[i] = vectors.next();
        }
    }

    @Benchmark
    public List<Neighbor<Integer>> search() {
        return index.search(query(), NEIGHBOURS, null);
    }

    @Benchmark
    public List<Neighbor<Integer>> searchWithAFilterThatOneInTenPasses() {
        return index.search(query(), NEIGHBOURS, document -> document % 10 == 0);
    }

    @Benchmark
    public float oneVectorAfterTheOther() {
        float[] query = query();
        float best = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < rows.length; i += RandomVectors.DIMENSION) {
            best = Math.max(best, dot(query, rows, i));
        }
        return best;
    }

    /** Sums of as many bytes, eight at a time: the fastest reading that plain Java was seen to do. */
    @Benchmark
    public long readingTheSameBytes() {
        long sum = 0;
        for (long[] part : parts) {
            sum += sum(part);
        }
        return sum;
    }

    private float[] query() {
        return queries[turn++ % queries.length];
    }

    private static long sum(long[] part) {
        long s0 = 0;
        long s1 = 0;
        long s2 = 0;
        long s3 = 0;
        for (int i = 0; i < part.length; i += 4) {
            s0 += part[i];
            s1 += part[i + 1];
            s2 += part[i + 2];
            s3 += part[i + 3];
        }
        return (s0 + s1) + (s2 + s3);
    }

    /** Eight partial sums, so that they need not wait for each other. */
    private static float dot(float[] query, float[] rows, int offset) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        for (int i = 0; i < query.length; i += 8) {
            int j = offset + i;
            s0 += query[i] * rows[j];
            s1 += query[i + 1] * rows[j + 1];
            s2 += query[i + 2] * rows[j + 2];
            s3 += query[i + 3] * rows[j + 3];
            s4 += query[i + 4] * rows[j + 4];
            s5 += query[i + 5] * rows[j + 5];
            s6 += query[i + 6] * rows[j + 6];
            s7 += query[i + 7] * rows[j + 7];
        }
        return ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7));
    }
}
