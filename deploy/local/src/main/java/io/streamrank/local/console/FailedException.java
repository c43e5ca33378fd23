// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.console;

/** Reports a failure that the user's input has no part in; the message is one sentence. Exit code 1. */
public final class FailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public FailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
