// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.load;

import io.streamrank.chaos.cluster.FlinkRest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** Reads what is committed to a topic, from its beginning and on a thread of its own. */
public final class CommittedReader implements AutoCloseable {
    private final String bootstrapServers;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final Consumer<ConsumerRecord<byte[], byte[]>> sink;
    private final Map<TopicPartition, Long> positions = new ConcurrentHashMap<>();
    private final Queue<Exception> problems = new ConcurrentLinkedQueue<>();
    private final Thread reader = new Thread(this::read, "reader");
    private volatile boolean reading = true;
    private volatile Duration pause = Duration.ZERO;

    /**
     * Begins to read.
     *
     * @param topic exists
     * @param sink is given each record once, on one thread
     */
    public CommittedReader(String bootstrapServers, String topic, Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        this.bootstrapServers = bootstrapServers;
        this.sink = sink;
        consumer = ClientSettings.consumer(bootstrapServers);
        partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        reader.setDaemon(true);
        reader.start();
    }

    /** Reads no faster than one batch in so long. */
    public void slowDown(Duration pauseBetweenReads) {
        pause = pauseBetweenReads;
    }

    /** Waits until all has been read that is committed by now. */
    public void readToEnd() throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> ends = ends();
        FlinkRest.await(
                "the end of " + partitions,
                () -> ends.entrySet().stream()
                        .allMatch(end -> positions.getOrDefault(end.getKey(), 0L) >= end.getValue()));
    }

    private Map<TopicPartition, Long> ends() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            return admin
                    .listOffsets(
                            partitions.stream().collect(Collectors.toMap(one -> one, one -> OffsetSpec.latest())),
                            new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                    .all()
                    .get()
                    .entrySet()
                    .stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, end -> end.getValue().offset()));
        }
    }

    private void read() {
        try (consumer) {
            while (reading) {
                consumer.poll(Duration.ofMillis(100)).forEach(sink);
                partitions.forEach(one -> positions.put(one, consumer.position(one)));
                if (!pause.isZero()) {
                    TimeUnit.NANOSECONDS.sleep(pause.toNanos());
                }
            }
        } catch (RuntimeException | InterruptedException e) {
            problems.add(e);
        }
    }

    /** Why reading ended before its time. */
    public List<Exception> problems() {
        return List.copyOf(problems);
    }

    @Override
    public void close() throws InterruptedException {
        reading = false;
        reader.join(Duration.ofSeconds(30).toMillis());
    }
}
