// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.streamrank.inference.pairs.Digest;
import io.streamrank.inference.pairs.PairKey;
import io.streamrank.inference.stats.CacheStats;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Keeps the scores that a hosted model gave lately, bounded by bytes: a pair that is asked again costs nothing. Thread-safe. */
final class ScoreStore {
    /** Key, score, and what the cache itself keeps of an entry. */
    private static final int ENTRY_BYTES = 224;

    private final Cache<PairKey, Double> scores;

    /** @param bytes what it may hold, about; 0 for nothing */
    ScoreStore(long bytes) {
        scores = Caffeine.newBuilder()
                .maximumSize(bytes / ENTRY_BYTES)
                .recordStats()
                .executor(Runnable::run) // the common pool's threads would outlive the job and keep its classes
                .build();
    }

    /**
     * Returns what the score of each passage of a request depends on, next to the passage.
     *
     * @param others all passages of the request where the score depends on them; none where it does not
     */
    static Digest context(String query, List<String> others) {
        if (others.isEmpty()) {
            return Digest.of(query);
        }
        StringBuilder texts = new StringBuilder();
        // The length first, so that no two lists of texts are the same characters.
        Stream.concat(Stream.of(query), others.stream())
                .forEach(text -> texts.append(text.length()).append(':').append(text));
        return Digest.of(texts.toString());
    }

    @Nullable
    Double get(Digest context, String passage) {
        return scores.getIfPresent(new PairKey(context, Digest.of(passage)));
    }

    void put(Digest context, String passage, double score) {
        scores.put(new PairKey(context, Digest.of(passage)), score);
    }

    CacheStats stats() {
        var stats = scores.stats();
        return new CacheStats(stats.hitCount(), stats.missCount());
    }
}
