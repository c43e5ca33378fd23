// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import io.streamrank.inference.endpoint.RefusedException;
import io.streamrank.inference.endpoint.SetupException;
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
final class Opening {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private @Nullable String unreachable;

    /** Returns the answer, or null where the endpoint cannot give one now. */
    <T> @Nullable T await(CompletableFuture<T> answer) throws ModelException {
        try {
            return answer.get(2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ModelException("The opening of a model was interrupted.");
        } catch (TimeoutException e) {
            unreachable = "did not answer";
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
