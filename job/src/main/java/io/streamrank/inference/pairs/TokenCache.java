// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.streamrank.inference.model.Tokens;
import io.streamrank.inference.stats.CacheStats;
import java.util.function.Supplier;

/** Keeps the tokens of texts that were candidates lately, bounded by bytes. Thread-safe. */
final class TokenCache {
    /** The entry, its key and the objects around the ids, estimated from a 64-bit layout; the ids come on top. */
    private static final int ENTRY_BYTES = 160;

    private final long bytes;
    private final Cache<Digest, Tokens> cache;

    /** @param bytes what it may hold, about; 0 for nothing */
    TokenCache(long bytes) {
        this.bytes = bytes;
        cache = Caffeine.newBuilder()
                .maximumWeight(bytes)
                .weigher((Digest text, Tokens tokens) -> ENTRY_BYTES + tokens.bytes())
                .recordStats()
                .executor(Runnable::run) // the common pool's threads would outlive the job and keep its classes
                .build();
    }

    /** Returns whether it holds anything. */
    boolean isOn() {
        return bytes > 0;
    }

    /** Returns the tokens of a text. Of two who ask for the same new text at once both may tokenise it; neither waits. */
    Tokens get(Digest text, Supplier<Tokens> tokenize) {
        Tokens cached = cache.getIfPresent(text);
        if (cached != null) {
            return cached;
        }
        Tokens tokens = tokenize.get();
        cache.put(text, tokens);
        return tokens;
    }

    CacheStats stats() {
        var stats = cache.stats();
        return new CacheStats(stats.hitCount(), stats.missCount());
    }
}
