// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import io.streamrank.event.RawRecord;
import io.streamrank.event.TopicExtent;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;

/**
 * Gives a job in this process records as a bounded source. Flink serialises functions, and no corpus should go with
 * them, so the source carries a name under which the records are kept here until this is closed.
 */
final class MemoryRecords implements AutoCloseable {
    private static final Map<String, IntFunction<byte[]>> KEPT = new ConcurrentHashMap<>();

    private final String topic;
    private final int count;
    private final String name = UUID.randomUUID().toString();

    /**
     * Keeps the records.
     *
     * @param topic as the job sees it
     * @param count at least 1, as Flink has no bounded source without records
     * @param values made anew at each reading, so that they are not all in memory
     */
    MemoryRecords(String topic, int count, IntFunction<byte[]> values) {
        this.topic = topic;
        this.count = count;
        KEPT.put(name, values);
    }

    Source<RawRecord, ?, ?> source() {
        return new DataGeneratorSource<>(
                new Reader(topic, name), count, RateLimiterStrategy.noOp(), TypeInformation.of(RawRecord.class));
    }

    /** Returns one partition with all of them. */
    TopicExtent extent() {
        return new TopicExtent(topic, Map.of(0, count - 1L), Map.of(0, (long) count));
    }

    @Override
    public void close() {
        KEPT.remove(name);
    }

    private record Reader(String topic, String name) implements GeneratorFunction<Long, RawRecord> {
        @Override
        @SuppressWarnings("NullAway") // it does not see the annotation on a compact constructor's array
        public RawRecord map(Long index) {
            IntFunction<byte[]> values = Objects.requireNonNull(KEPT.get(name), "the records are gone");
            byte[] value = values.apply(Math.toIntExact(index));
            return new RawRecord(topic, 0, index, System.currentTimeMillis(), null, value, List.of());
        }
    }
}
