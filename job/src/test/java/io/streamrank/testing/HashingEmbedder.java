// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.testing;

import io.streamrank.inference.model.Embedder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelFactory;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.model.TextRole;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A bi-encoder without a model: the bag of words, hashed to {@value #DIMENSION} dimensions and normalised, so that texts
 * with words in common are near each other. See {@link FakeWords} for what does harm.
 */
public final class HashingEmbedder implements Embedder {
    public static final int DIMENSION = 64;
    /** How many are open in this JVM. */
    public static final AtomicInteger OPEN = new AtomicInteger();

    private static final String FINGERPRINT = "hashing-v1";
    private static final int MAX_TOKENS = 128;

    private HashingEmbedder() {
        OPEN.incrementAndGet();
    }

    public static ModelFactory<Embedder> factory() {
        return new Factory("hashing");
    }

    /** A factory whose model is not shared with those of other names. */
    public static ModelFactory<Embedder> factory(String name) {
        return new Factory(name);
    }

    @Override
    public ModelInfo info() {
        return new ModelInfo("fake:hashing", FINGERPRINT, MAX_TOKENS);
    }

    @Override
    public int dimension() {
        return DIMENSION;
    }

    @Override
    public int maxBatchSize() {
        return Integer.MAX_VALUE;
    }

    @Override
    public Encoding encode(String text, TextRole role) {
        int[] words = FakeWords.ids(text);
        int length = Math.min(words.length, MAX_TOKENS - 2);
        int[] ids = new int[length + 2];
        ids[0] = FakeWords.CLS;
        System.arraycopy(words, 0, ids, 1, length);
        ids[length + 1] = FakeWords.SEP;
        return new Encoding(ids, ids.length, length < words.length);
    }

    @Override
    public float[][] embed(List<Encoding> batch) throws InferenceException {
        FakeWords.run(batch);
        float[][] vectors = new float[batch.size()][];
        for (int i = 0; i < vectors.length; i++) {
            vectors[i] = vector(batch.get(i).ids());
        }
        return vectors;
    }

    @Override
    public void close() {
        OPEN.decrementAndGet();
    }

    private static float[] vector(int[] ids) {
        float[] vector = new float[DIMENSION];
        vector[0] = 1e-3f; // the empty text has a direction too
        for (int id : ids) {
            if (FakeWords.isWord(id)) {
                int hash = id * 0x9E3779B1;
                vector[hash >>> 26] += (hash & 1) == 0 ? 1 : -1;
            }
        }
        double square = 0;
        for (float value : vector) {
            square += value * value;
        }
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) (vector[i] / Math.sqrt(square));
        }
        if (FakeWords.contains(ids, FakeWords.NAN)) {
            vector[0] = Float.NaN;
        }
        return vector;
    }

    private record Factory(String name) implements ModelFactory<Embedder> {
        @Override
        public Embedder open() {
            return new HashingEmbedder();
        }

        @Override
        public String fingerprint() {
            return FINGERPRINT;
        }

        @Override
        public String key() {
            return name;
        }
    }
}
