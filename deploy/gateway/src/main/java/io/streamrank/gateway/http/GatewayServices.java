// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import io.streamrank.gateway.document.DocumentService;
import io.streamrank.gateway.metrics.GatewayMetrics;
import io.streamrank.gateway.query.QueryService;
import io.streamrank.gateway.query.Timeouts;

/**
 * Holds what the routes lead to.
 *
 * @param timeouts of queries
 * @param metrics counts the requests, and is served itself
 */
public record GatewayServices(
        QueryService queries,
        Timeouts timeouts,
        DocumentService documents,
        GatewayStatus status,
        GatewayMetrics metrics) {}
