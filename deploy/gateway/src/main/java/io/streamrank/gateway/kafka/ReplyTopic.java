// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.kafka;

import io.streamrank.gateway.query.GatewayInputException;
import io.streamrank.gateway.query.GatewayStartException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Finds the replica's partition of the replies topic, and creates the topic if it is missing. */
final class ReplyTopic {
    /** Replies are wanted for seconds; a short retention keeps the topic small. */
    private static final Duration RETENTION = Duration.ofMinutes(10);

    private static final Pattern ORDINAL = Pattern.compile(".*-(\\d{1,6})");

    private ReplyTopic() {}

    /** Returns the number of partitions. */
    static int partitions(Admin admin, KafkaSettings settings) throws InterruptedException {
        String topic = settings.repliesTopic();
        try {
            return describe(admin, topic);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw failed(settings, e);
            }
        }
        if (settings.newPartitions() == 0) {
            throw new GatewayStartException(
                    "the replies topic %s is missing: create it, or let the gateway do that with --reply-partitions 12"
                            .formatted(topic));
        }
        create(admin, settings);
        return settings.newPartitions();
    }

    private static int describe(Admin admin, String topic) throws InterruptedException, ExecutionException {
        return admin.describeTopics(List.of(topic))
                .topicNameValues()
                .values()
                .iterator()
                .next()
                .get()
                .partitions()
                .size();
    }

    private static void create(Admin admin, KafkaSettings settings) throws InterruptedException {
        NewTopic topic = new NewTopic(settings.repliesTopic(), Optional.of(settings.newPartitions()), Optional.empty())
                .configs(Map.of(
                        TopicConfig.RETENTION_MS_CONFIG,
                        Long.toString(RETENTION.toMillis()),
                        TopicConfig.SEGMENT_MS_CONFIG,
                        Long.toString(RETENTION.toMillis()),
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_DELETE,
                        // An answer with documents may be large.
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        Integer.toString(16 << 20)));
        try {
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) { // another replica was quicker
                throw failed(settings, e);
            }
        }
    }

    private static RuntimeException failed(KafkaSettings settings, ExecutionException e) {
        return StartErrors.failed(
                settings,
                "the replies topic %s at %s cannot be used"
                        .formatted(settings.repliesTopic(), settings.bootstrapServers()),
                e);
    }

    /**
     * Returns the replica's own partition: the one that is set, else the ordinal at the end of the host's name, as a StatefulSet
     * gives it, else one by the hash of the name. Two replicas may share a partition; each then also reads the other's replies.
     */
    static int own(KafkaSettings settings, String hostName, int partitions) {
        Integer set = settings.replyPartition();
        if (set != null) {
            if (set < 0 || set >= partitions) {
                throw new GatewayInputException(
                        "the replies topic %s has %d partitions, so --partition must be in [0, %d] but is %d"
                                .formatted(settings.repliesTopic(), partitions, partitions - 1, set));
            }
            return set;
        }
        Matcher ordinal = ORDINAL.matcher(hostName);
        return ordinal.matches()
                ? Integer.parseInt(ordinal.group(1)) % partitions
                : Math.floorMod(hostName.hashCode(), partitions);
    }
}
