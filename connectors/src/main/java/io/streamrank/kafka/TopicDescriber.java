// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import static java.util.Objects.requireNonNull;

import io.streamrank.message.ClientErrors;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the brokers whether a topic exists and the job's user may write to it. It opens an admin client for each question
 * and closes it again, as Flink never tells a serializer that it is done.
 *
 * @param admin settings of the client
 */
record TopicDescriber(Properties admin) implements TopicMetadataCache.Source {
    /** Kafka's own default for a batch, less what a batch of one record adds. */
    static final int CAUTIOUS_RECORD_BYTES = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(TopicDescriber.class);
    private static final long TIMEOUT_MS = 10_000;

    @Override
    public @Nullable TopicMetadata describe(String topic) throws TimeoutException, InterruptedException {
        try (Admin client = Admin.create(admin)) {
            TopicDescription description = requireNonNull(client.describeTopics(
                                    List.of(topic), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                            .topicNameValues()
                            .get(topic))
                    .get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
            if (description.isInternal() || !isWritable(description.authorizedOperations())) {
                LOG.warn("this job's user may not write to topic {}", topic);
                return null;
            }
            return metadata(description.partitions().size(), settings(client, topic));
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            LOG.warn("topic {} could not be looked up: {}", Headers.printable(topic), ClientErrors.why(e));
            boolean passes = e instanceof TimeoutException || e.getCause() instanceof RetriableException;
            if (passes && !(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw new TimeoutException(e.getMessage());
            }
            return null;
        }
    }

    private static boolean isWritable(@Nullable Set<AclOperation> operations) {
        return operations == null || operations.isEmpty() || operations.contains(AclOperation.WRITE);
    }

    private static TopicSettings settings(Admin client, String topic) throws InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            return TopicSettings.of(requireNonNull(
                            client.describeConfigs(List.of(resource)).values().get(resource))
                    .get(TIMEOUT_MS, TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            LOG.info("the settings of topic {} cannot be read: {}", topic, ClientErrors.why(e));
            return TopicSettings.UNKNOWN;
        }
    }

    /** Fills in Kafka's own default for a setting that the brokers do not tell. */
    static TopicMetadata metadata(int partitions, TopicSettings settings) {
        Integer maxRecordBytes = settings.maxRecordBytes();
        return new TopicMetadata(
                partitions,
                maxRecordBytes == null ? CAUTIOUS_RECORD_BYTES : maxRecordBytes,
                settings.cleans(TopicConfig.CLEANUP_POLICY_COMPACT));
    }
}
