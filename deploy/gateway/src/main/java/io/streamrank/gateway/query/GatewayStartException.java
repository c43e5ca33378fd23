// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.query;

import java.util.Objects;

/** Reports why the gateway cannot start, e.g. as Kafka is out of reach, in one sentence for the one who starts it. */
public final class GatewayStartException extends RuntimeException {
    public GatewayStartException(String message) {
        super(message);
    }

    public GatewayStartException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
