// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import io.streamrank.inference.DeadlineExceededException;
import io.streamrank.inference.OverloadException;
import java.util.concurrent.TimeoutException;

/** Why an answer is degraded, as written on the wire. */
final class DegradedReason {
    static final String TIMEOUT = "timeout";
    static final String OVERLOAD = "overload";
    static final String MODEL_ERROR = "model_error";

    private DegradedReason() {}

    static String of(Throwable failure) {
        Throwable cause = ModelUse.cause(failure);
        if (cause instanceof DeadlineExceededException || cause instanceof TimeoutException) {
            return TIMEOUT;
        }
        return cause instanceof OverloadException ? OVERLOAD : MODEL_ERROR;
    }
}
