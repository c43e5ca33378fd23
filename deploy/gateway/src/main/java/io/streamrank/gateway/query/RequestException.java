// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.query;

import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Reports a request that gets no answer, with one sentence for the client. It has no stack trace, so that a flood of refused
 * requests is cheap.
 */
public final class RequestException extends RuntimeException {
    private final Problem problem;
    private final String code;

    /**
     * Makes an exception.
     *
     * @param code a constant name for programs, e.g. {@code malformed-json}
     */
    public RequestException(Problem problem, String code, String message) {
        super(message, null, false, false);
        this.problem = problem;
        this.code = code;
    }

    /** Makes an exception whose code is the name of the problem. */
    public RequestException(Problem problem, String message) {
        this(problem, problem.type(), message);
    }

    /** Returns what the failure of a future means for the client; null if it is not a refusal but a defect. */
    public static @Nullable RequestException of(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof RequestException refusal ? refusal : null;
    }

    /** Returns whether a future failed since no answer came in time; false for null. */
    static boolean isTimeout(@Nullable Throwable failure) {
        RequestException refusal = failure == null ? null : of(failure);
        return refusal != null && refusal.problem == Problem.TIMEOUT;
    }

    public Problem problem() {
        return problem;
    }

    public String code() {
        return code;
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
