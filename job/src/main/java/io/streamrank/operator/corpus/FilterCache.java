// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.streamrank.codec.CodecException;
import io.streamrank.codec.FilterCodec;
import io.streamrank.retrieval.FilterMatcher;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes the predicates of queries' filters and keeps those that were used last. A filter travels as text, which its query's
 * decoding has checked; the queries of a job have few filters (a tenant, a language), so most find theirs here.
 */
final class FilterCache {
    /** Characters of all filters together. Their predicates take some times as much memory. */
    private static final int MAX_CHARS = 1 << 20;

    private final LoadingCache<String, Predicate<JsonNode>> predicates = Caffeine.newBuilder()
            .maximumWeight(MAX_CHARS)
            .weigher((String filter, Predicate<JsonNode> predicate) -> filter.length())
            .executor(Runnable::run) // no thread that would outlive the job
            .build(FilterCache::parse);

    /** Returns the predicate of a query's filter; null for none. */
    @Nullable
    Predicate<JsonNode> predicate(@Nullable String filter) {
        return filter == null ? null : predicates.get(filter);
    }

    private static Predicate<JsonNode> parse(String filter) {
        try {
            return FilterMatcher.of(FilterCodec.parse(filter));
        } catch (CodecException unchecked) {
            throw new IllegalStateException(
                    "a filter was not checked when its query was decoded: " + filter, unchecked);
        }
    }
}
