// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

/** Reports a file that cannot be read; the message is one sentence with the file, what is wrong and what to do. */
public final class InputFileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InputFileException(String message) {
        super(message);
    }

    InputFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
