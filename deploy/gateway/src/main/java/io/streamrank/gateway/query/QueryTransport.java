// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.query;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Carries a query to the job, and its answer back. Thread-safe. */
@FunctionalInterface
public interface QueryTransport {
    /**
     * Sends a query and returns the bytes of its answer. The future fails with a {@link RequestException}: {@link
     * Problem#TIMEOUT} if no answer came in time, {@link Problem#UNAVAILABLE} if Kafka did not take the query.
     *
     * @param id tells the answer from all others
     * @param query as the queries topic has it
     * @param patience after this the future fails
     */
    CompletableFuture<byte[]> send(UUID id, byte[] query, Duration patience);
}
