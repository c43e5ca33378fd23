// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import io.streamrank.event.DegradedReason;
import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.OverloadException;
import java.util.concurrent.TimeoutException;

/** Translates failures into the reasons that degraded answers give. */
public final class DegradedReasons {
    private DegradedReasons() {}

    /** Returns the reason for an answer that this failure kept from being full. */
    public static DegradedReason of(Throwable failure) {
        Throwable cause = InferenceException.causeOf(failure);
        if (cause instanceof DeadlineExceededException || cause instanceof TimeoutException) {
            return DegradedReason.TIMEOUT;
        }
        return cause instanceof OverloadException ? DegradedReason.OVERLOAD : DegradedReason.MODEL_ERROR;
    }
}
