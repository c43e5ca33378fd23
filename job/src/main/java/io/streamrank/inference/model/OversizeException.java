// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

/** Work was refused because it alone is more than may ever wait: trying again does not help. */
public final class OversizeException extends OverloadException {
    private static final long serialVersionUID = 1L;

    public OversizeException(String message) {
        super(message);
    }
}
