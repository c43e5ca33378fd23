// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.e2e;

import io.streamrank.local.cluster.EmbeddedKafka;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole job with its models against a real broker in this JVM. */
class WireContractITCase {
    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void topicsHoldWhatTheContractSays(String delivery) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                RunningJob job = new RunningJob(
                        kafka.bootstrapServers(), Map.of("delivery", delivery, "kafka.reply-topics", "replies-*"))) {
            TopicHelper.create(kafka.bootstrapServers(), "replies-me");
            WireContract.holds(job);
        }
    }
}
