// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

/** Work was refused because too much is waiting already. */
public class OverloadException extends InferenceException {
    private static final long serialVersionUID = 1L;

    public OverloadException(String message) {
        super(message);
    }
}
