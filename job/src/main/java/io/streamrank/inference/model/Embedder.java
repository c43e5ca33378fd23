// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

import java.util.List;

/** A bi-encoder: texts to unit vectors. Thread-safe; each call runs the model once on the calling thread. */
public interface Embedder extends AutoCloseable {
    ModelInfo info();

    /** Length of every vector. */
    int dimension();

    /** Most texts that one run may hold without a text's vector depending on the others; 1 for dynamic int8 models. */
    int maxBatchSize();

    /** What batches suit it where it is. */
    default Batching batching() {
        return Batching.CPU;
    }

    /** Tokenises with the role's prefix, truncating to the model's limit. */
    Encoding encode(String text, TextRole role);

    /**
     * Embeds a batch in one run.
     *
     * @return {@code [batch][dimension]}, unit length, in the order of the batch, owned by the caller; with numbers that are not
     *     finite where the model gave such
     * @throws InferenceException if the run fails
     */
    float[][] embed(List<Encoding> batch) throws InferenceException;

    @Override
    void close();
}
