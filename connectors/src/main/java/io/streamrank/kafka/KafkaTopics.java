// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import static java.util.Objects.requireNonNull;

import io.streamrank.event.TopicExtent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The job's topics as they are before it starts: a missing one would make it restart in a loop. Used on the client, once.
 */
public final class KafkaTopics {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaTopics.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long RETRY_MS = 100;

    private final KafkaConfig config;

    public KafkaTopics(KafkaConfig config) {
        this.config = config;
    }

    /**
     * Makes sure that the four topics are there, creating what is missing where that is allowed.
     *
     * @throws TopicException names what is missing, with the commands that create it
     */
    public void ensure() throws TopicException {
        List<NewTopic> wanted = wanted();
        Admin admin = null;
        try {
            admin = Admin.create(ClientProperties.admin(config));
            List<NewTopic> missing = missing(admin, wanted);
            if (!missing.isEmpty() && !config.createTopics()) {
                throw new TopicException(missingMessage(missing));
            }
            create(admin, missing);
            awaitAll(admin, wanted);
            awaitLeaders(admin, missing);
            advise(admin);
        } catch (ExecutionException e) {
            throw failed(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException | KafkaException e) {
            throw failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(e);
        } finally {
            if (admin != null) {
                admin.close(Duration.ZERO); // else it waits once more for a broker that does not answer
            }
        }
    }

    /**
     * How far the documents source can see now. The last record of a partition is not its end less one: transaction markers,
     * aborted records and compaction leave gaps.
     */
    public TopicExtent documents() throws TopicException {
        return new LastOffsets(ClientProperties.consumer(config), TIMEOUT).of(config.documentsTopic());
    }

    private List<NewTopic> wanted() {
        List<NewTopic> topics = new ArrayList<>();
        topics.add(topic(
                config.documentsTopic(),
                Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT,
                        // A job that was away for less sees every delete.
                        TopicConfig.DELETE_RETENTION_MS_CONFIG, days(7),
                        // Only closed segments are compacted, and a small corpus never fills one.
                        TopicConfig.SEGMENT_MS_CONFIG, days(1))));
        topics.add(topic(config.queriesTopic(), Map.of()));
        topics.add(topic(config.resultsTopic(), Map.of()));
        topics.add(topic(
                config.deadLettersTopic(),
                Map.of(
                        // Whatever the other topics let in fits, with the headers that say why it is here.
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        Integer.toString(ClientProperties.MAX_REQUEST_BYTES),
                        TopicConfig.RETENTION_MS_CONFIG,
                        days(28))));
        return topics;
    }

    private NewTopic topic(String name, Map<String, String> settings) {
        return new NewTopic(name, config.newTopicPartitions(), (short) config.newTopicReplication()).configs(settings);
    }

    private static String days(int days) {
        return Long.toString(Duration.ofDays(days).toMillis());
    }

    private static List<NewTopic> missing(Admin admin, List<NewTopic> wanted)
            throws ExecutionException, InterruptedException, TimeoutException {
        Set<String> names = wanted.stream().map(NewTopic::name).collect(Collectors.toCollection(LinkedHashSet::new));
        var described = admin.describeTopics(names).topicNameValues();
        List<NewTopic> missing = new ArrayList<>();
        for (NewTopic topic : wanted) {
            try {
                await(requireNonNull(described.get(topic.name())));
            } catch (ExecutionException e) {
                if (e.getCause() instanceof TopicAuthorizationException) {
                    throw new TopicAuthorizationException(Set.of(topic.name()));
                }
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
                missing.add(topic);
            }
        }
        return missing;
    }

    private static void create(Admin admin, List<NewTopic> missing)
            throws ExecutionException, InterruptedException, TimeoutException {
        for (KafkaFuture<Void> created : admin.createTopics(missing).values().values()) {
            try {
                await(created);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) { // someone else was faster
                    throw e;
                }
            }
        }
    }

    /** A broker answers before all others know. */
    private static void awaitAll(Admin admin, List<NewTopic> wanted)
            throws ExecutionException, InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (!missing(admin, wanted).isEmpty()) {
            if (System.nanoTime() - deadline > 0) {
                throw new TimeoutException("the topics were created but do not appear");
            }
            Thread.sleep(RETRY_MS);
        }
    }

    /**
     * A partition that was just made refuses records until its leader knows that it is one; a producer that meets this
     * may get its first batches out of order and then repeats them in vain. Offsets are told by a ready leader only.
     */
    private static void awaitLeaders(Admin admin, List<NewTopic> created)
            throws ExecutionException, InterruptedException, TimeoutException {
        List<String> names = created.stream().map(NewTopic::name).toList();
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        await(admin.describeTopics(names).allTopicNames())
                .forEach((name, topic) -> topic.partitions()
                        .forEach(partition ->
                                ends.put(new TopicPartition(name, partition.partition()), OffsetSpec.latest())));
        await(admin.listOffsets(ends).all());
    }

    /** Never a reason not to start: the job's user may not be allowed to see settings. */
    private void advise(Admin admin) throws InterruptedException {
        try {
            TopicAdvice.of(admin, config, TIMEOUT.toMillis()).forEach(LOG::warn);
        } catch (ExecutionException | TimeoutException e) {
            LOG.info("the settings of the topics on {} cannot be read: {}", config.bootstrapServers(), e.getMessage());
        }
    }

    private static <T> T await(KafkaFuture<T> future)
            throws ExecutionException, InterruptedException, TimeoutException {
        return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private String missingMessage(List<NewTopic> missing) {
        String names = missing.stream().map(NewTopic::name).collect(Collectors.joining(", "));
        String commands = missing.stream().map(this::command).collect(Collectors.joining(" && "));
        return "missing on %s: %s; allow the job to create topics, or create them with: %s"
                .formatted(config.bootstrapServers(), names, commands);
    }

    private String command(NewTopic topic) {
        String settings = topic.configs().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(setting -> " --config " + setting.getKey() + '=' + setting.getValue())
                .collect(Collectors.joining());
        return "kafka-topics.sh --bootstrap-server %s --create --topic %s --partitions %d --replication-factor %d%s"
                .formatted(
                        config.bootstrapServers(),
                        topic.name(),
                        topic.numPartitions(),
                        topic.replicationFactor(),
                        settings);
    }

    private TopicException failed(Throwable cause) {
        if (cause instanceof TimeoutException || cause instanceof org.apache.kafka.common.errors.TimeoutException) {
            return new TopicException(
                    "no answer from Kafka on %s within %d s; check kafka.bootstrap-servers, and the security settings under"
                                    .formatted(config.bootstrapServers(), TIMEOUT.toSeconds())
                            + " kafka.properties if the brokers require them",
                    cause);
        }
        String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        if (cause instanceof AuthenticationException) {
            return new TopicException(
                    "Kafka on %s does not let the job in: %s; check the credentials and certificates under kafka.properties"
                            .formatted(config.bootstrapServers(), why),
                    cause);
        }
        if (cause instanceof AuthorizationException) {
            return new TopicException(
                    "Kafka on %s forbids what the job does: %s; the job needs READ on %s, %s and the group %s, and WRITE on %s and %s"
                            .formatted(
                                    config.bootstrapServers(),
                                    why,
                                    config.documentsTopic(),
                                    config.queriesTopic(),
                                    config.groupId(),
                                    config.resultsTopic(),
                                    config.deadLettersTopic()),
                    cause);
        }
        return new TopicException(
                "the topics on %s could not be checked: %s".formatted(config.bootstrapServers(), why), cause);
    }
}
