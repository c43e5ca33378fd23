// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.Document;
import io.streamrank.event.Field;
import java.util.List;
import org.junit.jupiter.api.Test;

class FilterNamesTest {
    private static final FilterableDocument FILM = FilterableDocument.of(new Document(
            "film", "c", List.of(new Field("genre", "Action"), new Field("plot", "x".repeat(257))), """
            {"year":null,"cast":[{"name":"Ann"},{"name":"Bob","born":{"in":1980}}],"a.b":1}""", null));
    private static final FilterableDocument BOOK =
            FilterableDocument.of(new Document("book", "c", List.of(new Field("genre", "Drama")), null, null));

    private final FilterNames names = new FilterNames();

    @Test
    void findsWhatFiltersSee() {
        names.add(FILM);

        assertThat(names.missing(List.of("genre", "year", "cast", "cast.name", "cast.born.in", "a.b")))
                .isEmpty();
        assertThat(names.missing(List.of("plot", "Genre", "name", "cast.nam", "a", "b", "")))
                .containsExactly("plot", "Genre", "name", "cast.nam", "a", "b", "");
    }

    @Test
    void forgetsTheNamesOfDocumentsThatAreGone() {
        names.add(FILM);
        names.add(BOOK);
        names.remove(FILM);

        assertThat(names.missing(List.of("genre", "year", "cast.name"))).containsExactly("year", "cast.name");

        names.remove(BOOK);

        assertThat(names.missing(List.of("genre"))).containsExactly("genre");
    }
}
