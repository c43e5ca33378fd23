// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import io.streamrank.inference.model.InferenceException;

/** An endpoint answered one request with status 500 each time: what is in the request may be at fault, or the endpoint. */
public final class ServerErrorException extends InferenceException {
    private static final long serialVersionUID = 1L;

    public ServerErrorException(String message) {
        super(message);
    }
}
