// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import io.streamrank.message.ClientErrors;

/** Reports that a topic which the job needs is missing or cannot be read; the message says what to do. */
public final class TopicException extends Exception {
    TopicException(String message) {
        super(message);
    }

    /** @param cause is not passed on if it may hold a secret */
    TopicException(String message, Throwable cause) {
        super(message, ClientErrors.withoutSecrets(cause));
    }
}
