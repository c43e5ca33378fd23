// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.query;

import java.util.Locale;

/** Names what can be wrong with a request, with the HTTP status that says so. */
public enum Problem {
    INVALID_REQUEST(400),
    UNAUTHORIZED(401),
    FORBIDDEN(403),
    NOT_FOUND(404),
    METHOD_NOT_ALLOWED(405),
    REQUEST_TIMEOUT(408),
    TOO_LARGE(413),
    UNSUPPORTED_MEDIA_TYPE(415),
    OVERLOADED(429),
    MODEL_ERROR(500),
    INTERNAL_ERROR(500),
    UNAVAILABLE(503),
    TIMEOUT(504);

    private final int status;

    Problem(int status) {
        this.status = status;
    }

    public int status() {
        return status;
    }

    /** Returns the name in bodies of errors, e.g. {@code invalid_request}. */
    public String type() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the problem that a status of the HTTP server stands for. */
    public static Problem ofStatus(int status) {
        for (Problem problem : values()) {
            if (problem.status == status) {
                return problem;
            }
        }
        return status >= 500 ? INTERNAL_ERROR : INVALID_REQUEST;
    }
}
