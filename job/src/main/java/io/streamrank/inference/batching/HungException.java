// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.ItemFailedException;

/** A run with this text did not come back in time. The text is not at fault for sure: the model may be, or another text. */
public final class HungException extends ItemFailedException {
    private static final long serialVersionUID = 1L;

    private final boolean alone;

    HungException(String message, boolean alone) {
        super(message);
        this.alone = alone;
    }

    /** Returns whether no other text was in the run. */
    public boolean isAlone() {
        return alone;
    }
}
