// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

/** The model is closed, or so much of it hangs that only loading it anew helps: no fault of what it was asked. */
public final class UnavailableException extends InferenceException {
    private static final long serialVersionUID = 1L;

    public UnavailableException(String message) {
        super(message);
    }
}
