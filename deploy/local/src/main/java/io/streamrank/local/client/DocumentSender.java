// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.event.Document;
import io.streamrank.event.DocumentKey;
import io.streamrank.local.console.FailedException;
import io.streamrank.local.data.BadRecord;
import io.streamrank.local.data.FileRecord;
import io.streamrank.local.data.UnusedMembers;
import io.streamrank.message.ClientErrors;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
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
    private final Header load;
    private final UnusedMembers unused = new UnusedMembers();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    /**
     * Connects lazily.
     *
     * @param bad receives the documents that Kafka finds too large; called by the producer's thread
     * @param load comes back with dead letters; unique among all who write to the job at the same time
     */
    public DocumentSender(KafkaConnection connection, String topic, Consumer<BadRecord> bad, String load) {
        this.producer = new KafkaProducer<>(
                connection.documentProducer(), new ByteArraySerializer(), new ByteArraySerializer());
        this.topic = topic;
        this.bad = bad;
        this.load = new RecordHeader(LauncherHeaders.REQUEST, bytes(load));
    }

    /**
     * Sends one document.
     *
     * @throws FailedException where this or an earlier document could not be written
     */
    public void send(FileRecord document) {
        throwFailure();
        unused.add(document.content());
        Header line = new RecordHeader(LauncherHeaders.LINE, bytes(Integer.toString(document.line())));
        var record = new ProducerRecord<>(
                topic, null, bytes(key(document.content())), bytes(document.content()), List.of(line, load));
        // Its outcome goes to the callback.
        var unused = producer.send(record, (metadata, problem) -> note(document, problem));
    }

    private void note(FileRecord document, @Nullable Exception problem) {
        if (problem instanceof RecordTooLargeException) {
            bad.accept(new BadRecord(
                    document.line(),
                    "is too large for Kafka with " + bytes(document.content()).length
                            + " bytes: make it smaller, or raise the topic's max.message.bytes"));
        } else if (problem != null) {
            failure.compareAndSet(null, problem);
        } else {
            sent.incrementAndGet();
        }
    }

    /**
     * Deletes one document.
     *
     * @param key of its record, as {@link #key} returns it
     * @throws FailedException where this or an earlier document could not be written
     */
    public void delete(String key) {
        throwFailure();
        var record = new ProducerRecord<byte[], byte[]>(topic, null, bytes(key), null, List.of(load));
        // Its outcome goes to the callback.
        var unused = producer.send(record, (metadata, problem) -> {
            if (problem != null) {
                failure.compareAndSet(null, problem);
            }
        });
    }

    /**
     * Waits for everything to be written.
     *
     * @return how many documents were, without deletes
     */
    public long flush() {
        producer.flush();
        throwFailure();
        return sent.get();
    }

    /** Returns what the documents that were sent have and the job ignores. */
    public UnusedMembers unused() {
        return unused;
    }

    private void throwFailure() {
        Exception problem = failure.get();
        if (problem != null) {
            throw new FailedException(
                    "documents cannot be written to " + topic + ": Kafka says \"" + ClientErrors.why(problem)
                            + "\"; documents written before: " + sent,
                    problem);
        }
    }

    /** Returns the key of a document's record, as text. */
    public static String key(ObjectNode document) {
        return new DocumentKey(
                        document.path("collection").asText(Document.DEFAULT_COLLECTION),
                        document.path("id").asText())
                .toString();
    }

    static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    /** Returns the value of a document's or a query's record. */
    public static byte[] bytes(ObjectNode content) {
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
