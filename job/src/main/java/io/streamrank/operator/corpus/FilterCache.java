// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.streamrank.codec.CodecException;
import io.streamrank.codec.FilterCodec;
import io.streamrank.event.Filter;
import io.streamrank.retrieval.FilterMatcher;
import io.streamrank.retrieval.FilterableDocument;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Parses queries' filters and keeps those that were used last. A filter travels as text, which its query's
 * decoding has checked; the queries of a job have few filters (a tenant, a language), so most find theirs here.
 */
final class FilterCache {
    /** Characters of all filters together. What they are parsed to takes some times as much memory. */
    private static final int MAX_CHARS = 1 << 20;

    private final LoadingCache<String, ParsedFilter> filters = Caffeine.newBuilder()
            .maximumWeight(MAX_CHARS)
            .weigher((String filter, ParsedFilter parsed) -> filter.length())
            .executor(Runnable::run) // no thread that would outlive the job
            .build(FilterCache::parse);

    /**
     * A filter.
     *
     * @param paths the names of what it compares
     */
    record ParsedFilter(Predicate<FilterableDocument> predicate, List<String> paths) {}

    /** Returns a query's filter; null for none. */
    @Nullable
    ParsedFilter get(@Nullable String filter) {
        return filter == null ? null : filters.get(filter);
    }

    private static ParsedFilter parse(String filter) {
        try {
            Filter parsed = FilterCodec.parse(filter);
            return new ParsedFilter(FilterMatcher.of(parsed), FilterMatcher.paths(parsed));
        } catch (CodecException unchecked) {
            throw new IllegalStateException(
                    "a filter was not checked when its query was decoded: " + filter, unchecked);
        }
    }
}
