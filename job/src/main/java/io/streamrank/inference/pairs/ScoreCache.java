// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.streamrank.inference.model.CacheStats;
import io.streamrank.inference.model.PairScore;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Scores of pairs that one model gave lately, bounded by bytes. What failed is never in it. Thread-safe. */
final class ScoreCache {
    /** Key, digests, score, and what the cache itself keeps of an entry. */
    private static final int ENTRY_BYTES = 224;

    private final Cache<PairKey, PairScore> cache;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    /** @param bytes what it may hold, about; 0 for nothing */
    ScoreCache(long bytes) {
        cache = Caffeine.newBuilder()
                .maximumSize(bytes / ENTRY_BYTES)
                .executor(Runnable::run) // the common pool's threads would outlive the job and keep its classes
                .build();
    }

    @Nullable
    PairScore get(PairKey pair) {
        PairScore score = cache.getIfPresent(pair);
        (score == null ? misses : hits).increment();
        return score;
    }

    /** The same without being counted. */
    @Nullable
    PairScore peek(PairKey pair) {
        return cache.getIfPresent(pair);
    }

    void put(PairKey pair, PairScore score) {
        cache.put(pair, score);
    }

    CacheStats stats() {
        return new CacheStats(hits.sum(), misses.sum());
    }
}
