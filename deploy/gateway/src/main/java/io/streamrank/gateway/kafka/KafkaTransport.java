// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.kafka;

import io.streamrank.gateway.query.Problem;
import io.streamrank.gateway.query.QueryTransport;
import io.streamrank.gateway.query.RequestException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends queries to the queries topic, and takes their answers from the replica's own partition of the replies topic. A query has
 * a random key, so that queries spread evenly. Thread-safe.
 */
public final class KafkaTransport implements QueryTransport, AutoCloseable {
    private final KafkaSettings settings;
    private final int partition;
    private final PendingReplies pending;
    private final ReplyReader reader;
    private final Producer<byte[], byte[]> producer;
    private volatile boolean writable = true;

    private KafkaTransport(
            KafkaSettings settings,
            int partition,
            PendingReplies pending,
            ReplyReader reader,
            Producer<byte[], byte[]> producer) {
        this.settings = settings;
        this.partition = partition;
        this.pending = pending;
        this.reader = reader;
        this.producer = producer;
    }

    /** Connects, and returns when no reply can be missed any more. */
    public static KafkaTransport open(KafkaSettings settings) throws InterruptedException {
        int partition;
        try (Admin admin = admin(settings)) {
            partition = ReplyTopic.own(settings, hostName(), ReplyTopic.partitions(admin, settings));
        } catch (KafkaException e) {
            throw failed(settings, e);
        }
        PendingReplies pending = new PendingReplies();
        try {
            var consumer = new KafkaConsumer<>(
                    GatewayClients.replies(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
            ReplyReader reader;
            try {
                reader = new ReplyReader(consumer, new TopicPartition(settings.repliesTopic(), partition), pending);
            } catch (KafkaException e) {
                consumer.close();
                throw e;
            }
            var producer = new KafkaProducer<>(
                    GatewayClients.queries(settings), new ByteArraySerializer(), new ByteArraySerializer());
            reader.start();
            return new KafkaTransport(settings, partition, pending, reader, producer);
        } catch (KafkaException e) {
            pending.close();
            throw failed(settings, e);
        }
    }

    private static Admin admin(KafkaSettings settings) {
        try {
            return Admin.create(GatewayClients.admin(settings));
        } catch (KafkaException e) {
            throw StartErrors.refused(settings, e);
        }
    }

    private static RuntimeException failed(KafkaSettings settings, KafkaException e) {
        return StartErrors.failed(
                settings, "the gateway cannot use Kafka at %s".formatted(settings.bootstrapServers()), e);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    @Override
    public CompletableFuture<byte[]> send(UUID id, byte[] query, Duration patience) {
        CompletableFuture<byte[]> reply = pending.add(id, patience);
        var record = new ProducerRecord<>(
                settings.queriesTopic(),
                null,
                null,
                ReplyHeaders.bytes(id),
                query,
                ReplyHeaders.of(id, settings.repliesTopic(), partition));
        try {
            producer.send(record, (metadata, failure) -> {
                writable = failure == null;
                if (failure == null) {
                    pending.written(id);
                } else {
                    pending.fail(id, notTaken(failure));
                }
            });
        } catch (KafkaException | IllegalStateException failure) { // e.g. interrupted, or closed
            pending.fail(id, notTaken(failure));
        }
        return reply;
    }

    private RequestException notTaken(Exception failure) {
        return new RequestException(
                Problem.UNAVAILABLE,
                "Kafka does not take the query for the topic %s: %s"
                        .formatted(settings.queriesTopic(), failure.getMessage()));
    }

    public int partition() {
        return partition;
    }

    /** Returns whether the newest query was written and the newest attempt to read replies succeeded. */
    public boolean isConnected() {
        return writable && reader.isReading();
    }

    /** Returns how many replies nobody waited for. */
    public long unknownReplies() {
        return reader.unknown();
    }

    /** Returns how many requests wait for a reply. */
    public int pending() {
        return pending.size();
    }

    @Override
    public void close() {
        pending.close();
        reader.close();
        producer.close(Duration.ofSeconds(2));
    }
}
