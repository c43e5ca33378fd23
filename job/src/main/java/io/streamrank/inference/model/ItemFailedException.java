// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

/** A model failed on this text or pair; others are not affected, and another attempt would most likely fail too. */
public class ItemFailedException extends InferenceException {
    private static final long serialVersionUID = 1L;

    public ItemFailedException(String message) {
        super(message);
    }

    public ItemFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
