// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.testing;

import io.streamrank.event.RawRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiter;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;

/**
 * Records that a test sends while its job runs in the same JVM, without an end. For a job of parallelism 1; thread-safe.
 */
public final class Mailbox {
    private static final Map<Long, Mailbox> ALL = new ConcurrentHashMap<>();
    private static final AtomicLong LAST = new AtomicLong();

    private final long number = LAST.incrementAndGet();
    private final List<RawRecord> records = new ArrayList<>();
    private int read;
    private CompletableFuture<Void> arrival = new CompletableFuture<>();

    public Mailbox() {
        ALL.put(number, this);
    }

    public void send(RawRecord record) {
        CompletableFuture<Void> arrived;
        synchronized (this) {
            records.add(record);
            arrived = arrival;
            arrival = new CompletableFuture<>();
        }
        arrived.complete(null);
    }

    /** To be read once. */
    public Source<RawRecord, ?, ?> source() {
        long mailbox = number;
        return new DataGeneratorSource<>(
                index -> box(mailbox).take(),
                Long.MAX_VALUE,
                parallelism -> new Arrivals<SourceSplit>(mailbox),
                TypeInformation.of(RawRecord.class));
    }

    private static Mailbox box(long number) {
        return ALL.get(number);
    }

    private synchronized CompletableFuture<Void> available() {
        return read < records.size() ? CompletableFuture.completedFuture(null) : arrival;
    }

    /** Only a reader that has not asked whether there is anything waits here. */
    private RawRecord take() {
        available().join();
        synchronized (this) {
            return records.get(read++);
        }
    }

    /** Keeps the source from being read before there is something, without blocking its task. */
    private record Arrivals<S extends SourceSplit>(long mailbox) implements RateLimiter<S> {
        @Override
        public CompletionStage<Void> acquire(int numberOfEvents) {
            return box(mailbox).available();
        }
    }
}
