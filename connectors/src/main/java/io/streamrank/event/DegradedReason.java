// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

/** Says why an answer is degraded. Savepoints hold the constants by name, so none is ever renamed. */
public enum DegradedReason {
    /** The query's time limit, or the job's, passed. */
    TIMEOUT("timeout"),
    /** Too much was waiting to be done. */
    OVERLOAD("overload"),
    /** A model failed on the query, or on one of its documents. */
    MODEL_ERROR("model_error");

    private final String wireName;

    DegradedReason(String wireName) {
        this.wireName = wireName;
    }

    /** Returns the reason as answers and metrics name it, e.g. {@code model_error}. */
    public String wireName() {
        return wireName;
    }
}
