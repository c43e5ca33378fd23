// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.query;

import java.util.Objects;

/** Reports what is wrong with the gateway's arguments or files, in one sentence for the one who starts it. */
public final class GatewayInputException extends RuntimeException {
    public GatewayInputException(String message) {
        super(message);
    }

    public GatewayInputException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
