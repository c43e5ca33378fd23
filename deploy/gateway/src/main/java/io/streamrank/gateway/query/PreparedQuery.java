// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.query;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * Holds a query that the job will be able to read.
 *
 * @param value as the queries topic has it; the record owns the array
 * @param timeout how long the job may take
 * @param unknown paths of members that the job will not use
 */
public record PreparedQuery(UUID id, byte[] value, Duration timeout, List<String> unknown) {
    public PreparedQuery {
        unknown = List.copyOf(unknown);
    }
}
