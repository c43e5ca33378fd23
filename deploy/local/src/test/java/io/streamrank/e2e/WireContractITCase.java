// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.e2e;

import io.streamrank.local.cluster.EmbeddedKafka;
import java.util.Map;
import org.junit.jupiter.api.Nested;

/** The whole job with its models against a real broker in this JVM. */
class WireContractITCase {
    @Nested
    class AtLeastOnce extends EmbeddedBroker {
        AtLeastOnce() {
            super("at-least-once");
        }
    }

    @Nested
    class ExactlyOnce extends EmbeddedBroker {
        ExactlyOnce() {
            super("exactly-once");
        }
    }

    private abstract static class EmbeddedBroker extends WireContract {
        private final String delivery;
        private EmbeddedKafka kafka;

        EmbeddedBroker(String delivery) {
            this.delivery = delivery;
        }

        @Override
        RunningJob start() throws Exception {
            kafka = EmbeddedKafka.start();
            TopicHelper.create(kafka.bootstrapServers(), "replies-me");
            return new RunningJob(
                    kafka.bootstrapServers(), Map.of("delivery", delivery, "kafka.reply-topics", "replies-*"));
        }

        @Override
        void stop() {
            kafka.close();
        }
    }
}
