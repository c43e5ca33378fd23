// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.event.Document;
import io.streamrank.event.Field;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTemplateTest {
    private static final Document MOVIE = new Document(
            "m-1",
            "movies",
            List.of(new Field("overview", "A bat."), new Field("title", "Batman"), new Field("tagline", " ")),
            null,
            null);

    @Test
    void takesAllFieldsInTheDocumentsOrderUnlessToldWhich() {
        assertThat(TextTemplate.defaults().textOf(MOVIE)).isEqualTo("A bat.\nBatman");
    }

    @Test
    void takesTheNamedFieldsInTheNamedOrder() {
        assertThat(TextTemplate.defaults()
                        .orFields(List.of("title", "missing", "overview"))
                        .textOf(MOVIE))
                .isEqualTo("Batman\nA bat.");
    }

    @Test
    void labelsFieldsAndLeavesBlankOnesOut() {
        assertThat(new TextTemplate(List.of("title", "tagline"), true, 100).textOf(MOVIE))
                .isEqualTo("title: Batman");
    }

    @Test
    void cutsEachFieldButNoSurrogatePair() {
        Document document = new Document("x", "c", List.of(new Field("a", "ab\uD83D\uDE00cd")), null, null);
        assertThat(new TextTemplate(List.of(), false, 3).textOf(document)).isEqualTo("ab");
        assertThat(new TextTemplate(List.of(), false, 4).textOf(document)).isEqualTo("ab\uD83D\uDE00");
    }

    @Test
    void refusesACapThatLeavesNothing() {
        assertThatThrownBy(() -> new TextTemplate(List.of(), false, 0)).hasMessage("fieldChars must be at least 1: 0");
    }
}
