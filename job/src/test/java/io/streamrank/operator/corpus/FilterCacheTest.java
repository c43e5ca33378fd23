// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.event.Document;
import io.streamrank.operator.corpus.FilterCache.ParsedFilter;
import io.streamrank.retrieval.FilterableDocument;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FilterCacheTest {
    private static final String RECENT = """
            {"year":{"gte":2000}}""";
    private static final FilterableDocument OLD = ofYear(1999);
    private static final FilterableDocument NEW = ofYear(2000);

    private final FilterCache filters = new FilterCache();

    @Test
    void makesThePredicateOfAFilterAndListsItsNames() {
        ParsedFilter recent = filters.get(RECENT);

        assertThat(recent.predicate()).accepts(NEW).rejects(OLD);
        assertThat(recent.paths()).containsExactly("year");
    }

    @Test
    void parsesAFilterOnceHoweverManyQueriesHaveIt() {
        ParsedFilter first = filters.get(RECENT);

        assertThat(filters.get(new String(RECENT.toCharArray()))).isSameAs(first);
    }

    @Test
    void keepsNoMoreFiltersThanHaveAMillionCharacters() {
        List<String> large = "abcdefghijklmnopqrstuvwxyz"
                .chars()
                .mapToObj(letter -> """
                        {"title":"%s"}""".formatted(Character.toString(letter).repeat(100_000)))
                .toList();
        List<ParsedFilter> first = large.stream().map(filters::get).toList();

        long kept = IntStream.range(0, large.size())
                .filter(i -> filters.get(large.get(i)).equals(first.get(i)))
                .count();

        assertThat(kept).isBetween(1L, 10L);
    }

    @Test
    void aQueryWithoutAFilterHasNone() {
        assertThat(filters.get(null)).isNull();
    }

    @Test
    void saysWhichFilterNobodyChecked() {
        assertThatThrownBy(() -> filters.get("{"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a filter was not checked when its query was decoded: {");
    }

    private static FilterableDocument ofYear(int year) {
        return FilterableDocument.of(new Document("id", "c", List.of(), "{\"year\":" + year + "}", null));
    }
}
