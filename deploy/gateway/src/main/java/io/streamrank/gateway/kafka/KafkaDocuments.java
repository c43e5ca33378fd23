// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.kafka;

import io.streamrank.gateway.document.DocumentSink;
import io.streamrank.gateway.query.Problem;
import io.streamrank.gateway.query.RequestException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Writes documents to Kafka, by a producer of their own: a large upload does not hold up queries. Thread-safe. */
public final class KafkaDocuments implements DocumentSink, AutoCloseable {
    private final String topic;
    private final Producer<byte[], byte[]> producer;

    public KafkaDocuments(KafkaSettings settings) {
        this(
                settings.documentsTopic(),
                new KafkaProducer<>(
                        GatewayClients.documents(settings), new ByteArraySerializer(), new ByteArraySerializer()));
    }

    KafkaDocuments(String topic, Producer<byte[], byte[]> producer) {
        this.topic = topic;
        this.producer = producer;
    }

    @Override
    public CompletableFuture<?> write(byte[] key, byte @Nullable [] value) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        try {
            producer.send(new ProducerRecord<>(topic, key, value), (metadata, failure) -> {
                if (failure == null) {
                    written.complete(null);
                } else {
                    written.completeExceptionally(notTaken(failure));
                }
            });
        } catch (KafkaException | IllegalStateException failure) {
            written.completeExceptionally(notTaken(failure));
        }
        return written;
    }

    private RequestException notTaken(Exception failure) {
        return new RequestException(
                Problem.UNAVAILABLE,
                "Kafka does not take documents for the topic %s, send the request again: %s"
                        .formatted(topic, failure.getMessage()));
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }
}
