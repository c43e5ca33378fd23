// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

import java.io.Serializable;

/**
 * Opens a model where it is needed. Travels with the job, so it holds settings and no model.
 *
 * @param <M> {@link Embedder} or {@link CrossEncoder}
 */
public interface ModelFactory<M> extends Serializable {
    /** Loads and checks the model. */
    M open() throws ModelException;

    /**
     * Returns the {@link ModelInfo#fingerprint} that the model will have, without loading it.
     *
     * @throws ModelException where {@link #open} would throw for want of the model's files
     */
    String fingerprint() throws ModelException;

    /** Returns one whose model is on that GPU, where this one leaves open which; {@code this} where that means nothing. */
    default ModelFactory<M> on(int gpu) {
        return this;
    }

    /** Returns a key that is equal for factories whose models can be shared within a JVM. */
    String key();
}
