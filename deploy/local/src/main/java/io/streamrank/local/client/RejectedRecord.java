// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.client;

import org.jspecify.annotations.Nullable;

/**
 * Holds a dead letter.
 *
 * @param request of a query that this launcher sent; null otherwise
 * @param topic that the record was on
 * @param line of the file that it came from; 0 where it came from none
 * @param reason one sentence
 */
public record RejectedRecord(@Nullable String request, String topic, int line, String reason) {}
