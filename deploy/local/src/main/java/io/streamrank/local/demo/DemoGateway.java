// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.demo;

import io.streamrank.config.JobConfig;
import io.streamrank.gateway.GatewayConfig;
import io.streamrank.gateway.GatewayServer;
import io.streamrank.gateway.http.HttpSettings;
import io.streamrank.gateway.kafka.KafkaSettings;
import io.streamrank.gateway.query.Timeouts;
import io.streamrank.local.cluster.LocalPorts;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** Starts the gateway with its page next to the demonstration's job. */
public final class DemoGateway {
    /** Names the topic that brings the job's answers to the gateway. The job allows it unless its settings name others only. */
    public static final String REPLIES = KafkaSettings.REPLIES;

    /** Lets a laptop that does other work, too, answer in full. */
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private DemoGateway() {}

    /**
     * Starts it for programs on this machine, over Kafka in this process.
     *
     * @param port where it is free, or 0 for any
     */
    static GatewayServer start(int port, JobConfig config) throws IOException, InterruptedException {
        KafkaSettings kafka = new KafkaSettings(
                config.kafka().bootstrapServers(),
                Map.of(),
                config.kafka().queriesTopic(),
                config.kafka().documentsTopic(),
                REPLIES,
                0,
                1);
        return GatewayServer.start(new GatewayConfig(
                HttpSettings.local(LocalPorts.wantedOrAny(port)),
                kafka,
                new Timeouts(TIMEOUT, Timeouts.MOST),
                config.limits(),
                GatewayConfig.MAX_IN_FLIGHT));
    }
}
