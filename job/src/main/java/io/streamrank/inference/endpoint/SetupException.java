// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import io.streamrank.inference.model.InferenceException;

/** An endpoint refuses the key, the account, the model's name or the address: somebody has to change something. */
public final class SetupException extends InferenceException {
    private static final long serialVersionUID = 1L;

    public SetupException(String message) {
        super(message);
    }
}
