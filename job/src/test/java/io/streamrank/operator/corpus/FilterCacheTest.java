// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.retrieval.MetadataReader;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FilterCacheTest {
    private static final String RECENT = """
            {"year":{"gte":2000}}""";
    private static final JsonNode OLD = MetadataReader.parse("""
            {"year":1999}""");
    private static final JsonNode NEW = MetadataReader.parse("""
            {"year":2000}""");

    private final FilterCache filters = new FilterCache();

    @Test
    void makesThePredicateOfAFilter() {
        assertThat(filters.predicate(RECENT)).accepts(NEW).rejects(OLD);
    }

    @Test
    void parsesAFilterOnceHoweverManyQueriesHaveIt() {
        Predicate<JsonNode> first = filters.predicate(RECENT);

        assertThat(filters.predicate(new String(RECENT.toCharArray()))).isSameAs(first);
    }

    @Test
    void keepsNoMoreFiltersThanHaveAMillionCharacters() {
        List<String> large = "abcdefghijklmnopqrstuvwxyz"
                .chars()
                .mapToObj(letter -> """
                        {"title":"%s"}""".formatted(Character.toString(letter).repeat(100_000)))
                .toList();
        List<Predicate<JsonNode>> first = large.stream().map(filters::predicate).toList();

        long kept = IntStream.range(0, large.size())
                .filter(i -> filters.predicate(large.get(i)) == first.get(i))
                .count();

        assertThat(kept).isBetween(1L, 10L);
    }

    @Test
    void aQueryWithoutAFilterHasNoPredicate() {
        assertThat(filters.predicate(null)).isNull();
    }

    @Test
    void saysWhichFilterNobodyChecked() {
        assertThatThrownBy(() -> filters.predicate("{"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a filter was not checked when its query was decoded: {");
    }
}
