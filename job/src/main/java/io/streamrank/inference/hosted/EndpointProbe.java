// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import io.streamrank.inference.endpoint.Endpoint;
import io.streamrank.inference.endpoint.EndpointAnswer;
import io.streamrank.inference.endpoint.EndpointSpec;
import io.streamrank.inference.endpoint.RefusedException;
import io.streamrank.inference.endpoint.SetupException;
import io.streamrank.inference.endpoint.Urgency;
import io.streamrank.inference.model.ModelException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks an endpoint while its model is opened, on a thread that may wait. What nobody but the user can mend ends the opening; an
 * endpoint that is away or busy does not, as a job that restarts meanwhile must go on.
 */
final class EndpointProbe {
    /** A text that no model refuses. */
    static final String PROBE = "probe";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Endpoint endpoint;
    private @Nullable String unreachable;

    private EndpointProbe(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** Makes a model of its endpoint. */
    interface Loader<M> {
        M load(EndpointProbe probe) throws ModelException;
    }

    /** Opens an endpoint and its model, which closes it; it is closed at once where the model cannot be opened. */
    static <M> M open(EndpointSpec spec, Loader<M> loader) throws ModelException {
        Endpoint endpoint = Endpoint.open(spec);
        boolean opened = false;
        try {
            M model = loader.load(new EndpointProbe(endpoint));
            opened = true;
            return model;
        } finally {
            if (!opened) {
                endpoint.close();
            }
        }
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /** Sends a request as a query's, and returns what its answer says, or null where the endpoint cannot give one now. */
    <T> @Nullable T ask(byte[] request, long tokens, EndpointAnswer.Reader<T> reader) throws ModelException {
        EndpointAnswer<T> answer =
                await(endpoint.post(request, tokens, Urgency.QUERY, endpoint.now() + PATIENCE.toNanos(), reader));
        return answer == null ? null : answer.value();
    }

    /** Returns the answer, or null where the endpoint cannot give one now. */
    <T> @Nullable T await(CompletableFuture<T> answer) throws ModelException {
        try {
            return answer.get(2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ModelException("The opening of a model was interrupted.");
        } catch (TimeoutException e) {
            unreachable = "it did not answer.";
            return null;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String message = String.valueOf(cause.getMessage());
            if (cause instanceof SetupException || cause instanceof RefusedException) {
                throw new ModelException(message);
            }
            unreachable = message;
            return null;
        }
    }

    /** Returns why the endpoint could not be asked. */
    String why() {
        return String.valueOf(unreachable);
    }
}
