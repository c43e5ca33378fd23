// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import io.streamrank.inference.model.InferenceException;

/** An endpoint refused what was in one request (400, 413, 422): the same request would be refused again. */
public final class RefusedException extends InferenceException {
    private static final long serialVersionUID = 1L;

    public RefusedException(String message) {
        super(message);
    }
}
