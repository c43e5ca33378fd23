// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.document;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Writes to the documents topic. Thread-safe. */
@FunctionalInterface
public interface DocumentSink {
    /**
     * Writes a record. The future is complete when Kafka's replicas have it.
     *
     * @param value null to delete the document
     */
    CompletableFuture<?> write(byte[] key, byte @Nullable [] value);
}
