// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

/** A model's files cannot be read or kept now (network, disk); the same attempt may succeed later. */
public class ModelOutOfReachException extends ModelException {
    private static final long serialVersionUID = 1L;

    public ModelOutOfReachException(String message, Throwable cause) {
        super(message, cause);
    }
}
