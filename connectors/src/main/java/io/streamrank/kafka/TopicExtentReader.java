// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;

import io.streamrank.event.TopicExtent;
import io.streamrank.message.ClientErrors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads how far a topic goes: the last record of each partition that a consumer can see, and the end offset. The last
 * record does not always stand at the end offset less one, as transaction markers, aborted records and compaction leave
 * gaps. So it reads the last 16 offsets, and where they hold no record, the last 128, then 1024, until it finds a record or
 * reaches the beginning.
 */
public final class TopicExtentReader {
    private static final long FIRST_WIDTH = 16;
    private static final int WIDENING = 8;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Properties properties;
    private final Duration timeout;

    /** A partition's offsets from {@code begin} to {@code end}, exclusive. */
    private record Range(TopicPartition partition, long begin, long end) {
        Range tail(long width) {
            return new Range(partition, Math.max(begin, end - width), end);
        }
    }

    TopicExtentReader(Properties consumer, Duration timeout) {
        properties = new Properties();
        properties.putAll(consumer);
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        properties.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        this.timeout = timeout;
    }

    /** Reads how far the documents source can see now. */
    public static TopicExtent ofDocuments(KafkaConfig config) throws TopicException {
        return new TopicExtentReader(ClientProperties.consumer(config), TIMEOUT).of(config.documentsTopic());
    }

    TopicExtent of(String topic) throws TopicException {
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return of(topic, consumer);
        } catch (KafkaException e) {
            throw new TopicException(
                    "topic %s cannot be read: %s; check %s"
                            .formatted(topic, ClientErrors.why(e), TopicErrors.CONNECTION),
                    e);
        }
    }

    private TopicExtent of(String topic, Consumer<byte[], byte[]> consumer) throws TopicException {
        long deadline = System.nanoTime() + timeout.toNanos();
        List<Range> ranges = ranges(topic, consumer);
        List<Range> open = new ArrayList<>(ranges);
        open.removeIf(range -> range.begin >= range.end);
        Map<Integer, Long> last = new TreeMap<>();
        for (long width = FIRST_WIDTH; !open.isEmpty(); width *= WIDENING) {
            List<Range> tails = new ArrayList<>();
            for (Range range : open) {
                tails.add(range.tail(width));
            }
            scan(consumer, tails, last, deadline);
            open.removeIf(range -> last.containsKey(range.partition.partition()));
            open.removeAll(tails); // the whole partition was read
        }
        return new TopicExtent(
                topic, last, ranges.stream().collect(toMap(range -> range.partition.partition(), Range::end)));
    }

    private List<Range> ranges(String topic, Consumer<byte[], byte[]> consumer) throws TopicException {
        List<TopicPartition> partitions = new ArrayList<>();
        for (PartitionInfo partition : consumer.partitionsFor(topic, timeout)) {
            partitions.add(new TopicPartition(topic, partition.partition()));
        }
        if (partitions.isEmpty()) {
            throw new TopicException("topic %s does not exist".formatted(topic));
        }
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions, timeout);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, timeout);
        return partitions.stream()
                .map(partition -> new Range(
                        partition, requireNonNull(begins.get(partition)), requireNonNull(ends.get(partition))))
                .toList();
    }

    /** Reads each range to its end and notes the last record that it meets. */
    private void scan(Consumer<byte[], byte[]> consumer, List<Range> ranges, Map<Integer, Long> last, long deadline)
            throws TopicException {
        consumer.assign(ranges.stream().map(Range::partition).toList());
        consumer.resume(consumer.assignment()); // a partition stays paused from one assignment to the next
        ranges.forEach(range -> consumer.seek(range.partition, range.begin));
        List<Range> unread = new ArrayList<>(ranges);
        while (!unread.isEmpty()) {
            if (System.nanoTime() - deadline > 0) {
                throw new TopicException("the last records of %s were not found within %d s; is a broker down?"
                        .formatted(unread.stream().map(Range::partition).toList(), timeout.toSeconds()));
            }
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            for (Range range : unread) {
                for (ConsumerRecord<byte[], byte[]> record : records.records(range.partition)) {
                    if (record.offset() < range.end) {
                        last.merge(range.partition.partition(), record.offset(), Math::max);
                    }
                }
            }
            // The position moves past markers too, which are never records.
            unread.removeIf(range -> {
                boolean read = consumer.position(range.partition) >= range.end;
                if (read) {
                    consumer.pause(List.of(range.partition));
                }
                return read;
            });
        }
    }
}
