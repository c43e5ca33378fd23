// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

/** Tells that a graph is not, or not known to be, a BERT encoder; the message says why in a part of a sentence. */
public final class UnrecognizedGraphException extends Exception {
    private static final long serialVersionUID = 1L;

    public UnrecognizedGraphException(String message) {
        super(message);
    }

    public UnrecognizedGraphException(String message, Throwable cause) {
        super(message, cause);
    }
}
