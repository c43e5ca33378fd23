// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.codec.CodecException;
import io.streamrank.codec.FilterCodec;
import io.streamrank.event.Document;
import io.streamrank.event.Field;
import io.streamrank.event.Filter;
import io.streamrank.testing.Fuzz;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Any filter that is read is true of any metadata or not, and its negation is the contrary. */
class FilterFuzzTest {
    private static final String[] FILTERS = """
            {"year":{"gte":2000,"lt":2010.5},"studio.name":"Acme","genres":{"in":["Action",null,7,true]}}
            {"or":[{"cast.name":"Ann"},{"not":{"a.b":{"gt":"m"}}},{"and":[{"a.b.c":1},{}]}]}
            {"cast.roles.as":"Eve","grid":{"lte":3}}
            """.lines().toArray(String[]::new);
    private static final String[] METADATA = """
            {"year":2003,"studio":{"name":"Acme"},"genres":["Action","Drama",null],"a.b":{"c":1},"a":{"b":["z"]}}
            {"cast":[{"name":"Ann","roles":[{"as":"Eve"}]},"Cy",[[{"name":"Bob"}]]],"grid":[[1,2],[3,[4]]]}
            """.lines().toArray(String[]::new);

    private final Fuzz fuzz = new Fuzz();
    private int read;
    private int matched;

    @Test
    void everyFilterThatIsReadHoldsOrNot() {
        Fuzz.each(i -> {
            Filter filter = filter(i % 2 == 0 ? FILTERS[i % 3] : fuzz.damaged(FILTERS[i % 3]));
            FilterableDocument metadata = metadata(i % 4 == 0 ? METADATA[i % 2] : fuzz.damaged(METADATA[i % 2]));
            if (filter != null && metadata != null) {
                boolean matches = FilterMatcher.of(filter).test(metadata);
                assertThat(FilterMatcher.of(new Filter.Not(filter)).test(metadata))
                        .isNotEqualTo(matches);
                read++;
                matched += matches ? 1 : 0;
            }
        });

        assertThat(read).isGreaterThan(Fuzz.INPUTS / 4);
        assertThat(matched).isBetween(read / 50, read - read / 50);
    }

    private static @Nullable Filter filter(String json) {
        try {
            return FilterCodec.parse(json);
        } catch (CodecException invalid) {
            return null;
        }
    }

    /** Null where a document with it would have been refused. */
    private static @Nullable FilterableDocument metadata(String json) {
        try {
            Document document = new Document("id", "c", List.of(new Field("title", "Drama")), json, null);
            FilterableDocument indexed = FilterableDocument.of(document);
            return indexed.metadata() == null ? null : indexed;
        } catch (IllegalArgumentException noJson) {
            return null;
        }
    }
}
