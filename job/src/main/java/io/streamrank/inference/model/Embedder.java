// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

import java.util.List;

/** Turns texts to unit vectors with a bi-encoder. */
public interface Embedder extends Model {
    /** Returns the length of every vector. */
    int dimension();

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
}
