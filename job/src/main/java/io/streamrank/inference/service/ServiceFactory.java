// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.service;

import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelInfo;
import java.io.Serializable;

/**
 * Opens a model that this process does not load. Travels with the job, so it holds settings and no secret.
 *
 * @param <S> {@link TextEmbedder} or {@link PassageReranker}
 */
public interface ServiceFactory<S extends ModelService> extends Serializable {
    /** Opens the model; opening it twice in a JVM shares what can be shared. */
    S open() throws ModelException;

    /** Returns the {@link ModelInfo#fingerprint} that the model has, which may take a request. */
    default String fingerprint() throws ModelException {
        try (S service = open()) {
            return service.info().fingerprint();
        }
    }
}
