// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.OverloadException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Is one request on its way through a gate, with all its attempts. Its counters are guarded by the gate. */
final class EndpointCall<T> {
    private static final int MOST_ATTEMPTS = 3;

    final EndpointSpec spec;
    final byte[] body;
    final long tokens;
    final Urgency urgency;
    final long deadlineNanos;
    final CompletableFuture<EndpointAnswer<T>> result = new CompletableFuture<>();
    private final EndpointAnswer.Reader<T> reader;

    int attempts;
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

    /** Returns whether another attempt may help, if there is time for one. */
    boolean mayTryAgain(Failure failure) {
        return switch (failure.kind()) {
            case REQUEST -> false;
            case KEY, SETUP -> urgency == Urgency.DOCUMENT;
            case BUSY, FAULT ->
                urgency == Urgency.DOCUMENT
                        || (attempts < MOST_ATTEMPTS && !failure.hints().never());
        };
    }

    /** Returns what whoever waits for the call is told of a failure. */
    InferenceException exception(Failure failure) {
        return exception(spec, failure);
    }

    static InferenceException exception(EndpointSpec spec, Failure failure) {
        String why = spec.name() + " " + failure.why();
        return switch (failure.kind()) {
            case BUSY -> new OverloadException(why + "; allow more time, or send less.");
            case FAULT ->
                failure.isOfAnotherApi()
                        ? new SetupException(why + "; check the endpoint and its API.")
                        : new InferenceException(why + ".");
            case KEY ->
                new SetupException(why + "; check the key" + (spec.key() == null ? "." : " in " + spec.key() + "."));
            case SETUP -> new SetupException(why + "; check the model's name, the endpoint and the account.");
            case REQUEST -> new RefusedException(why + ".");
        };
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
