// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** The same against the broker that people run, where a Docker engine is at hand. */
class WireContractContainerITCase {
    /** Overridable, for registries of one's own: {@code -Dstreamrank.kafka.image=…}. */
    private static final String IMAGE = System.getProperty("streamrank.kafka.image", "apache/kafka:4.2.1");

    @Test
    void topicsHoldWhatTheContractSays() throws Exception {
        assumeTrue(
                DockerClientFactory.instance().isDockerAvailable(),
                "no Docker engine answers here; WireContractITCase tests the same against an embedded broker");
        DockerImageName image = DockerImageName.parse(IMAGE).asCompatibleSubstituteFor("apache/kafka");
        try (KafkaContainer kafka = new KafkaContainer(image)) {
            kafka.start();
            try (RunningJob job = new RunningJob(
                    kafka.getBootstrapServers(),
                    Map.of("delivery", "exactly-once", "kafka.reply-topics", "replies-*"))) {
                TopicHelper.create(kafka.getBootstrapServers(), "replies-me");
                WireContract.holds(job);
            }
        }
    }
}
