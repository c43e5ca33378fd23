// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.kafka;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one partition of the replies topic from its end, and hands each reply to its waiter. It belongs to no consumer group:
 * nothing is rebalanced, and nothing remains when it ends. Replies that nobody waits for are dropped.
 */
final class ReplyReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplyReader.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final long PAUSE_MS = 1_000;

    private final Consumer<byte[], byte[]> consumer;
    private final PendingReplies pending;
    private final AtomicLong unknown = new AtomicLong();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean reading = true;

    /** Assigns the partition and finds its end. From now on no reply is missed. */
    ReplyReader(Consumer<byte[], byte[]> consumer, TopicPartition partition, PendingReplies pending) {
        this.consumer = consumer;
        this.pending = pending;
        consumer.assign(List.of(partition));
        consumer.seekToEnd(List.of(partition));
        consumer.position(partition); // seeking is lazy
        thread = new Thread(this::run, "gateway-replies");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (closing.getCount() > 0) {
                poll();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            consumer.close();
        }
    }

    private void poll() throws InterruptedException {
        try {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                accept(record);
            }
            reading = true;
        } catch (WakeupException closed) {
            // the loop ends
        } catch (KafkaException failure) {
            reading = false;
            LOG.warn("Replies cannot be read now, and are tried again: {}", failure.toString());
            closing.await(PAUSE_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void accept(ConsumerRecord<byte[], byte[]> record) {
        UUID id = ReplyHeaders.id(record.headers());
        if (id == null || record.value() == null || !pending.complete(id, record.value())) {
            unknown.incrementAndGet();
        }
    }

    /** Returns whether the last attempt to read succeeded. */
    boolean isReading() {
        return reading;
    }

    /** Returns how many replies nobody waited for: late ones, second ones, and those of others on the partition. */
    long unknown() {
        return unknown.get();
    }

    @Override
    public void close() {
        closing.countDown();
        consumer.wakeup();
        try {
            thread.join(PAUSE_MS * 5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
