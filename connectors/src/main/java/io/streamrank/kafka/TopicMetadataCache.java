// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import java.io.Serializable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Remembers for a while whether a topic can be written to. The sinks ask before they write: a producer fails on a topic that
 * is missing, forbidden or too small for a record, and the job fails with it. Not thread-safe.
 */
final class TopicMetadataCache implements TopicMetadataProvider {
    static final Duration KEEP_FOUND = Duration.ofMinutes(5);
    static final Duration KEEP_MISSING = Duration.ofSeconds(15);
    static final int MAX_TOPICS = 1_000;

    private final Source source;
    private final Clock clock;
    private transient @Nullable Map<String, Remembered> entries;

    /** Knows topics at first hand. */
    interface Source extends Serializable {
        /**
         * Returns the topic's metadata, or null where it cannot be written to.
         *
         * @throws TimeoutException where nobody answers now
         */
        @Nullable
        TopicMetadata describe(String topic) throws TimeoutException, InterruptedException;
    }

    private record Remembered(@Nullable TopicMetadata metadata, Instant expires) {}

    TopicMetadataCache(KafkaConfig config) {
        this(new TopicDescriber(ClientProperties.admin(config)), Clock.systemUTC());
    }

    TopicMetadataCache(Source source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    @Override
    public @Nullable TopicMetadata find(String topic) {
        if (entries == null) {
            entries = new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Remembered> eldest) {
                    return size() > MAX_TOPICS;
                }
            };
        }
        Remembered known = entries.get(topic);
        if (known != null && clock.instant().isBefore(known.expires)) {
            return known.metadata;
        }
        TopicMetadata metadata = describe(topic, known == null ? null : known.metadata);
        entries.put(
                topic, new Remembered(metadata, clock.instant().plus(metadata == null ? KEEP_MISSING : KEEP_FOUND)));
        return metadata;
    }

    /** Asks the source. What was known before stays true while it does not answer. */
    private @Nullable TopicMetadata describe(String topic, @Nullable TopicMetadata known) {
        try {
            return source.describe(topic);
        } catch (TimeoutException e) {
            return known;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return known;
        }
    }
}
