// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.streamrank.inference.stats.CacheStats;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/** Keeps the scores that a hosted model gave lately, bounded by bytes: a pair that is asked again costs nothing. Thread-safe. */
final class ScoreStore {
    /** Key, score, and what the cache itself keeps of an entry. */
    private static final int ENTRY_BYTES = 224;

    private final Cache<ByteBuffer, Double> scores;

    /** @param bytes what it may hold, about; 0 for nothing */
    ScoreStore(long bytes) {
        scores = Caffeine.newBuilder()
                .maximumSize(bytes / ENTRY_BYTES)
                .recordStats()
                .executor(Runnable::run) // the common pool's threads would outlive the job and keep its classes
                .build();
    }

    /**
     * Returns what a score belongs to: its query and its passage.
     *
     * @param others all passages of the request where the score depends on them; none where it does not
     */
    static ByteBuffer key(String query, List<String> others, String passage) {
        var digest = DigestUtils.getSha256Digest();
        update(digest, query);
        others.forEach(other -> update(digest, other));
        update(digest, passage);
        return ByteBuffer.wrap(digest.digest());
    }

    private static void update(java.security.MessageDigest digest, String text) {
        // The length first, so that no two lists of texts are the same bytes.
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, text.length()));
        ByteBuffer bytes = ByteBuffer.allocate(Character.BYTES * text.length());
        bytes.asCharBuffer().put(text);
        digest.update(bytes);
    }

    @Nullable Double get(ByteBuffer key) {
        return scores.getIfPresent(key);
    }

    void put(ByteBuffer key, double score) {
        scores.put(key, score);
    }

    CacheStats stats() {
        var stats = scores.stats();
        return new CacheStats(stats.hitCount(), stats.missCount());
    }
}
