// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.simulated;

import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelFactory;

/**
 * Opens a cross-encoder on a simulated accelerator.
 *
 * @param tokenizes whose tokenizer it has
 */
record SimulatedModelFactory(SimulatedAccelerator accelerator, ModelFactory<CrossEncoder> tokenizes)
        implements ModelFactory<CrossEncoder> {
    @Override
    public CrossEncoder open() throws ModelException {
        return new SimulatedCrossEncoder(accelerator, tokenizes.open());
    }

    @Override
    public String fingerprint() throws ModelException {
        return accelerator + " " + tokenizes.fingerprint();
    }

    @Override
    public String key() {
        return accelerator + " " + tokenizes.key();
    }
}
