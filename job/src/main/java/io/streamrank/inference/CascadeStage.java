// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.ModelFactory;
import java.io.Serializable;

/**
 * Describes the first model of a {@link Cascade}.
 *
 * @param crossEncoder smaller than the one that follows
 * @param keep passages of a query that go on, at least 1
 */
public record CascadeStage(ModelFactory<CrossEncoder> crossEncoder, int keep) implements Serializable {
    public CascadeStage {
        if (keep < 1) {
            throw new IllegalArgumentException("keep must be at least 1: " + keep);
        }
    }
}
