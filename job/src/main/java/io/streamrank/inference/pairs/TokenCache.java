// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.streamrank.inference.batching.Digest;
import io.streamrank.inference.model.CacheStats;
import io.streamrank.inference.model.Tokens;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** Tokens of texts that were candidates lately, bounded by bytes. Thread-safe. */
final class TokenCache {
    /** The entry, its key and the objects around the ids, estimated from a 64-bit layout; the ids come on top. */
    private static final int ENTRY_BYTES = 160;

    private final Cache<Digest, Tokens> cache;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    /** @param bytes what it may hold, about; 0 for nothing */
    TokenCache(long bytes) {
        cache = Caffeine.newBuilder()
                .maximumWeight(bytes)
                .weigher((Digest text, Tokens tokens) -> ENTRY_BYTES + tokens.bytes())
                .executor(Runnable::run) // the common pool's threads would outlive the job and keep its classes
                .build();
    }

    /** Two who ask for the same new text at once may both tokenise it; neither waits for the other. */
    Tokens get(Digest text, Supplier<Tokens> tokenise) {
        Tokens cached = cache.getIfPresent(text);
        if (cached != null) {
            hits.increment();
            return cached;
        }
        misses.increment();
        Tokens tokens = tokenise.get();
        cache.put(text, tokens);
        return tokens;
    }

    CacheStats stats() {
        return new CacheStats(hits.sum(), misses.sum());
    }
}
