// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.e2e;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.condition.EnabledIf;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** The same against the broker that people run, where a Docker engine is at hand. */
@EnabledIf(
        value = "dockerAnswers",
        disabledReason = "no Docker engine answers here; WireContractITCase tests the same against an embedded broker")
class WireContractContainerITCase extends WireContract {
    /** Overridable, for registries of one's own: {@code -Dstreamrank.kafka.image=…}. */
    private static final String IMAGE = System.getProperty("streamrank.kafka.image", "apache/kafka:4.2.1");

    private @Nullable KafkaContainer kafka;

    static boolean dockerAnswers() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    @Override
    RunningJob start() throws Exception {
        kafka = new KafkaContainer(DockerImageName.parse(IMAGE).asCompatibleSubstituteFor("apache/kafka"));
        kafka.start();
        TopicHelper.create(kafka.getBootstrapServers(), "replies-me");
        return new RunningJob(
                kafka.getBootstrapServers(), Map.of("delivery", "exactly-once", "kafka.reply-topics", "replies-*"));
    }

    @Override
    void stop() {
        if (kafka != null) {
            kafka.close();
        }
    }
}
