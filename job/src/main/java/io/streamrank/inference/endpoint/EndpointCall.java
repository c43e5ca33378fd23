// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.OverloadException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Is one request on its way through a gate, with all its attempts. Its counters are guarded by the gate. */
final class EndpointCall<T> {
    final EndpointSpec spec;
    final byte[] body;
    final long tokens;
    final Urgency urgency;
    final long deadlineNanos;
    final CompletableFuture<EndpointAnswer<T>> result = new CompletableFuture<>();
    private final EndpointAnswer.Reader<T> reader;

    int attempts;
    /** Answers with status 500. */
    int serverErrors;

    long askedAt;
    long sentAt;

    @Nullable
    CompletableFuture<?> exchange;

    /** @param deadlineNanos on the gate's clock; {@link Long#MAX_VALUE} for none */
    EndpointCall(
            EndpointSpec spec,
            byte[] body,
            long tokens,
            Urgency urgency,
            long deadlineNanos,
            EndpointAnswer.Reader<T> reader) {
        this.spec = spec;
        this.body = body;
        this.tokens = tokens;
        this.urgency = urgency;
        this.deadlineNanos = deadlineNanos;
        this.reader = reader;
    }

    EndpointAnswer<T> read(byte[] answer) throws InvalidAnswerException {
        return reader.read(answer);
    }

    long left(long now) {
        return deadlineNanos == Long.MAX_VALUE ? Long.MAX_VALUE : deadlineNanos - now;
    }

    OverloadException tooMuchWaits() {
        return new OverloadException(spec.name()
                + " could not answer before the deadline, as too much waits; allow more time, or send less.");
    }

    DeadlineExceededException late() {
        return new DeadlineExceededException(
                spec.name() + " did not answer before the deadline; allow more time or send less.");
    }
}
