// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.local.console.FailedException;
import io.streamrank.message.ClientErrors;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends queries to a job and reads its answers and dead letters, from the moment it is opened. Skips answers to
 * queries that others sent. Not thread-safe.
 */
public final class QueryClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TopicNames topics;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    /** Why Kafka refused the first query that it did. */
    private final AtomicReference<@Nullable Exception> unsent = new AtomicReference<>();

    private final Queue<Answer> answers = new ArrayDeque<>();
    private final Queue<RejectedRecord> refusals = new ArrayDeque<>();

    /** Connects, and reads what comes from now on. */
    public QueryClient(KafkaConnection connection, TopicNames topics) {
        this.topics = topics;
        this.producer =
                new KafkaProducer<>(connection.queryProducer(), new ByteArraySerializer(), new ByteArraySerializer());
        this.consumer =
                new KafkaConsumer<>(connection.consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = Stream.of(topics.results(), topics.deadLetters())
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // seeking is lazy; whatever comes from now on is ours
    }

    /**
     * Sends a query without waiting until Kafka has it. If Kafka refuses one, {@link #answer} fails.
     *
     * @param request comes back with the answer; unique among all who ask the job at the same time
     * @param line of the file that it came from; 0 for none
     */
    public void send(ObjectNode query, String request, int line) {
        List<Header> headers = List.of(
                new RecordHeader(LauncherHeaders.REQUEST, DocumentSender.bytes(request)),
                new RecordHeader(LauncherHeaders.LINE, DocumentSender.bytes(Integer.toString(line))));
        var record = new ProducerRecord<>(
                topics.queries(), null, DocumentSender.bytes(request), DocumentSender.bytes(query), headers);
        producer.send(record, (metadata, problem) -> {
            if (problem != null) {
                unsent.compareAndSet(null, problem);
            }
        });
    }

    private void failIfUnsent() {
        Exception problem = unsent.get();
        if (problem != null) {
            throw new FailedException(
                    "the query cannot be written to " + topics.queries() + ": Kafka says \"" + ClientErrors.why(problem)
                            + '"',
                    problem);
        }
    }

    /**
     * Returns the next answer; null where none came in time.
     *
     * @throws FailedException where Kafka refused a query
     */
    public @Nullable Answer answer(Duration patience) throws IOException {
        if (answers.isEmpty()) {
            poll(patience);
        }
        failIfUnsent();
        return answers.poll();
    }

    /** Returns the next dead letter of those that came so far; null where there is none. */
    public @Nullable RejectedRecord refusal() {
        return refusals.poll();
    }

    private void poll(Duration patience) throws IOException {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(patience)) {
            String request = LauncherHeaders.text(record, LauncherHeaders.REQUEST);
            if (record.topic().equals(topics.deadLetters())) {
                refusals.add(RejectedRecord.of(record));
            } else if (request != null) {
                answers.add(new Answer(request, parse(record.value())));
            }
        }
    }

    private static JsonNode parse(byte[] value) throws IOException {
        return JSON.readTree(value);
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        consumer.close();
    }
}
