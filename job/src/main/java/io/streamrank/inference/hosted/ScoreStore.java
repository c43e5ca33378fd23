// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.streamrank.inference.pairs.Digest;
import io.streamrank.inference.pairs.PairKey;
import io.streamrank.inference.stats.CacheStats;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the scores that a hosted model gave lately, bounded by bytes, and knows the pairs that it is asked for: a pair that is
 * asked again costs nothing. Thread-safe.
 */
final class ScoreStore {
    /** Key, score, and what the cache itself keeps of an entry. */
    private static final int ENTRY_BYTES = 224;

    private final Cache<PairKey, Double> scores;
    private final ConcurrentMap<PairKey, HostedPair> underWay = new ConcurrentHashMap<>();
    private final boolean shares;

    /** @param bytes what it may hold, about; with 0 it holds nothing, and pairs under way are not shared */
    ScoreStore(long bytes) {
        shares = bytes > 0;
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
    Double get(PairKey key) {
        return scores.getIfPresent(key);
    }

    /**
     * Returns the same pair, and not done, if its score has to be asked for: {@link #scored} or {@link #failed} has to follow.
     * Else returns one that somebody asked for, or that has its score by now.
     */
    HostedPair startOrJoin(HostedPair mine) {
        if (!shares) {
            return mine;
        }
        HostedPair other = underWay.putIfAbsent(mine.key, mine);
        if (other != null) {
            return other;
        }
        Double known = scores.policy().getIfPresentQuietly(mine.key);
        if (known == null) {
            return mine;
        }
        scored(mine, known); // somebody was told since this caller looked
        return mine;
    }

    /** Keeps the score, and tells it to all who wait. */
    void scored(HostedPair pair, double score) {
        scores.put(pair.key, score);
        underWay.remove(pair.key, pair);
        pair.complete(score);
    }

    /** Tells all who wait that they have to ask again; does nothing where the pair has a score. */
    void failed(HostedPair pair, Throwable why) {
        underWay.remove(pair.key, pair); // first, so that who asks again does not join it
        pair.completeExceptionally(why);
    }

    CacheStats stats() {
        var stats = scores.stats();
        return new CacheStats(stats.hitCount(), stats.missCount());
    }
}
