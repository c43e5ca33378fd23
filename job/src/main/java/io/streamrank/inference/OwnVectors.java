// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import io.streamrank.inference.model.Embedder;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelFactory;

/**
 * Stands for the embedder of a job that has none: documents and queries bring their vectors. It opens no model.
 *
 * @param dimension how many numbers each vector has
 */
public record OwnVectors(int dimension) implements ModelFactory<Embedder> {
    @Override
    public Embedder open() throws ModelException {
        throw new ModelException(
                "there is no embedder to compute a vector with (models.embedder.uri is none): give documents"
                        + " and queries vectors of " + dimension + " numbers, or set models.embedder.uri to a model");
    }

    /** Returns a text that no model has, so that a state with these vectors fits no embedder and no other dimension. */
    @Override
    public String fingerprint() {
        return "none, vectors of " + dimension + " numbers";
    }

    @Override
    public String key() {
        return fingerprint();
    }
}
