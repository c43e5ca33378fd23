// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.event.Document;
import io.streamrank.event.DocumentKey;
import io.streamrank.local.data.BadRecord;
import io.streamrank.local.data.FileRecord;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Writes documents to their topic, each with the line that it came from as a header, and counts. Not thread-safe. */
public final class DocumentSender implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final Consumer<BadRecord> bad;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    /**
     * Connects lazily.
     *
     * @param bad receives the documents that Kafka finds too large; called by the producer's thread
     */
    public DocumentSender(KafkaConnection connection, String topic, Consumer<BadRecord> bad) {
        this.producer =
                new KafkaProducer<>(connection.producer(), new ByteArraySerializer(), new ByteArraySerializer());
        this.topic = topic;
        this.bad = bad;
    }

    /**
     * Sends one document.
     *
     * @throws KafkaException where this or an earlier document could not be written
     */
    public void send(FileRecord document) {
        throwFailure();
        byte[] key = DocumentSender.bytes(new DocumentKey(
                        document.content().path("collection").asText(Document.DEFAULT_COLLECTION),
                        document.content().path("id").asText())
                .toString());
        List<Header> line = List.of(new RecordHeader(LauncherHeaders.LINE, bytes(Integer.toString(document.line()))));
        var record = new ProducerRecord<>(topic, null, key, bytes(document.content()), line);
        // Its outcome goes to the callback.
        var unused = producer.send(record, (metadata, problem) -> note(document, problem));
    }

    private void note(FileRecord document, @Nullable Exception problem) {
        if (problem instanceof RecordTooLargeException) {
            bad.accept(new BadRecord(document.line(), "is too large for Kafka: " + problem.getMessage()));
        } else if (problem != null) {
            failure.compareAndSet(null, problem);
        } else {
            sent.incrementAndGet();
        }
    }

    /** Waits for everything to be written. */
    public long flush() {
        producer.flush();
        throwFailure();
        return sent.get();
    }

    private void throwFailure() {
        Exception problem = failure.get();
        if (problem != null) {
            throw new KafkaException("documents cannot be written to " + topic + ": " + problem.getMessage(), problem);
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    static byte[] bytes(ObjectNode content) {
        try {
            return JSON.writeValueAsBytes(content);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree can always be written", e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
