// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * Whether a topic can be written to, asked before it is: a producer that meets a topic that is missing, forbidden or too
 * narrow for a record fails, and the job with it. Answers are kept for a while. Not thread-safe.
 *
 * <p>A client is opened for each question and closed again, as a serializer is never told that it is done.
 */
final class TopicLookup implements TopicFinder {
    /** Kafka's own default for a batch, less what a batch of one record adds. */
    static final int CAUTIOUS_RECORD_BYTES = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(TopicLookup.class);
    private static final long TIMEOUT_MS = 10_000;
    private static final long KEEP_FOUND_NS = Duration.ofMinutes(5).toNanos();
    private static final long KEEP_MISSING_NS = Duration.ofSeconds(15).toNanos();
    private static final int MAX_KEPT = 1_000;

    private final Properties admin;
    private transient @Nullable Map<String, Answer> answers;

    private record Answer(@Nullable TopicFacts facts, long untilNs) {}

    TopicLookup(Properties admin) {
        this.admin = admin;
    }

    @Override
    public @Nullable TopicFacts find(String topic) {
        if (answers == null) {
            answers = new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Answer> eldest) {
                    return size() > MAX_KEPT;
                }
            };
        }
        Answer known = answers.get(topic);
        if (known != null && known.untilNs - System.nanoTime() > 0) {
            return known.facts;
        }
        TopicFacts facts = ask(topic, known == null ? null : known.facts);
        answers.put(topic, new Answer(facts, System.nanoTime() + (facts == null ? KEEP_MISSING_NS : KEEP_FOUND_NS)));
        return facts;
    }

    /** What was known before stands while the brokers do not answer. */
    private @Nullable TopicFacts ask(String topic, @Nullable TopicFacts before) {
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
            return facts(description.partitions().size(), settings(client, topic));
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            LOG.warn("topic {} could not be looked up: {}", Headers.printable(topic), e.getMessage());
            boolean passes = e instanceof TimeoutException || e.getCause() instanceof RetriableException;
            return passes && !(e.getCause() instanceof UnknownTopicOrPartitionException) ? before : null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return before;
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
            LOG.info("the settings of topic {} cannot be read: {}", topic, e.getMessage());
            return TopicSettings.UNKNOWN;
        }
    }

    /** What is not known is taken to be as Kafka's own default has it. */
    static TopicFacts facts(int partitions, TopicSettings settings) {
        Integer maxRecordBytes = settings.maxRecordBytes();
        return new TopicFacts(
                partitions,
                maxRecordBytes == null ? CAUTIOUS_RECORD_BYTES : maxRecordBytes,
                settings.cleans(TopicConfig.CLEANUP_POLICY_COMPACT));
    }
}
