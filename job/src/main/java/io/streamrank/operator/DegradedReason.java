// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.OverloadException;
import java.util.concurrent.TimeoutException;

/** Why an answer is degraded, as written on the wire. */
public final class DegradedReason {
    public static final String TIMEOUT = "timeout";
    public static final String OVERLOAD = "overload";
    public static final String MODEL_ERROR = "model_error";

    private DegradedReason() {}

    public static String of(Throwable failure) {
        Throwable cause = ModelUse.cause(failure);
        if (cause instanceof DeadlineExceededException || cause instanceof TimeoutException) {
            return TIMEOUT;
        }
        return cause instanceof OverloadException ? OVERLOAD : MODEL_ERROR;
    }
}
