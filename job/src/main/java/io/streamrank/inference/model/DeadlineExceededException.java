// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

/** Work was dropped because its deadline passed before it ran. */
public class DeadlineExceededException extends InferenceException {
    private static final long serialVersionUID = 1L;

    public DeadlineExceededException(String message) {
        super(message);
    }

    public static DeadlineExceededException beforeItsTurn() {
        return new DeadlineExceededException("The deadline passed before this text's turn came; nothing was run.");
    }
}
