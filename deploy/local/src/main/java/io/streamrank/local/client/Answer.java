// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.client;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Holds what came back for a query.
 *
 * @param request as given to {@link QueryClient#send}
 * @param result the ranked result, as the wire contract has it
 */
public record Answer(String request, JsonNode result) {}
