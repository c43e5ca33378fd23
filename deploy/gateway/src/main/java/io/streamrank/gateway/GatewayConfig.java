// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway;

import io.streamrank.codec.Limits;
import io.streamrank.gateway.http.HttpSettings;
import io.streamrank.gateway.kafka.KafkaSettings;
import io.streamrank.gateway.query.Timeouts;

/**
 * Holds all settings of a gateway.
 *
 * @param limits of what the job reads; as in the job's configuration
 * @param maxInFlight queries that wait for their answers at the same time, at least 1
 */
public record GatewayConfig(HttpSettings http, KafkaSettings kafka, Timeouts timeouts, Limits limits, int maxInFlight) {
    public static final int MAX_IN_FLIGHT = 256;

    /**
     * Returns settings for programs on this machine.
     *
     * @param port 0 for any that is free
     */
    public static GatewayConfig local(int port, KafkaSettings kafka) {
        return new GatewayConfig(
                HttpSettings.local(port), kafka, Timeouts.defaults(), Limits.defaults(), MAX_IN_FLIGHT);
    }
}
