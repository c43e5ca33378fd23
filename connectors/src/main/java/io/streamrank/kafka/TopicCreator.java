// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import static java.util.Objects.requireNonNull;

import io.streamrank.message.ClientErrors;
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
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the job's topics that are missing before the job starts, and waits until records can be written to them. A
 * missing topic would make the job restart in a loop. Runs on the client, once.
 */
public final class TopicCreator {
    private static final Logger LOG = LoggerFactory.getLogger(TopicCreator.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long RETRY_MS = 100;

    private final KafkaConfig config;
    private final Duration timeout;

    public TopicCreator(KafkaConfig config) {
        this(config, TIMEOUT);
    }

    /** @param timeout for each answer of Kafka */
    public TopicCreator(KafkaConfig config, Duration timeout) {
        this.config = config;
        this.timeout = timeout;
    }

    /**
     * Creates those of the four topics that do not exist, where the configuration allows it, and warns of settings of the
     * others that lose data.
     *
     * @throws TopicException names what is missing, with the commands that create it
     */
    public void createMissing() throws TopicException {
        List<NewTopic> wanted = TopicDefinitions.of(config);
        Admin admin = admin();
        try {
            List<NewTopic> missing = missing(admin, wanted);
            if (!missing.isEmpty() && !config.createTopics()) {
                throw TopicErrors.missing(config, missing);
            }
            create(admin, missing);
            awaitAll(admin, wanted);
            awaitLeaders(admin, missing);
            logWarnings(admin);
        } catch (ExecutionException e) {
            throw TopicErrors.failed(config, timeout, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException | KafkaException e) {
            throw TopicErrors.failed(config, timeout, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw TopicErrors.failed(config, timeout, e);
        } finally {
            admin.close(Duration.ZERO); // else it waits once more for a broker that does not answer
        }
    }

    private Admin admin() throws TopicException {
        try {
            return Admin.create(ClientProperties.admin(config));
        } catch (KafkaException e) {
            throw TopicErrors.unusable(config, e);
        }
    }

    private List<NewTopic> missing(Admin admin, List<NewTopic> wanted)
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

    private void create(Admin admin, List<NewTopic> missing)
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

    /** Waits until every broker knows the topics: the one that created them answers before the others know. */
    private void awaitAll(Admin admin, List<NewTopic> wanted)
            throws ExecutionException, InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!missing(admin, wanted).isEmpty()) {
            if (System.nanoTime() - deadline > 0) {
                throw new TimeoutException("the topics were created but do not appear");
            }
            Thread.sleep(RETRY_MS);
        }
    }

    /**
     * Waits for the leaders of the created partitions. A partition that was just created refuses records until its leader knows that it is one; a producer that meets this
     * may get its first batches out of order and then repeats them in vain. Only a leader that is ready tells offsets.
     */
    private void awaitLeaders(Admin admin, List<NewTopic> created)
            throws ExecutionException, InterruptedException, TimeoutException {
        List<String> names = created.stream().map(NewTopic::name).toList();
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        await(admin.describeTopics(names).allTopicNames())
                .forEach((name, topic) -> topic.partitions()
                        .forEach(partition ->
                                ends.put(new TopicPartition(name, partition.partition()), OffsetSpec.latest())));
        await(admin.listOffsets(ends).all());
    }

    /** Logs what is unwise about the topics. A failure never stops the job: its user may not be allowed to see settings. */
    private void logWarnings(Admin admin) throws InterruptedException {
        try {
            TopicConfigWarnings.of(admin, config, timeout.toMillis()).forEach(LOG::warn);
        } catch (ExecutionException | TimeoutException e) {
            LOG.info(
                    "the settings of the topics on {} cannot be read: {}",
                    config.bootstrapServers(),
                    ClientErrors.why(e));
        }
    }

    private <T> T await(KafkaFuture<T> future) throws ExecutionException, InterruptedException, TimeoutException {
        return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }
}
