// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlankTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\t\r\n",
                "\u00a0",
                "\u200b\ufeff",
                "\u0000",
                "\u2028\u2029",
                "\u3000",
                "\u00ad",
                "\u202e",
                "\ufffd",
                "\ue000",
                "\u0301",
                "\ud83d",
                "\u2060 \u200d\u0007",
                "\udb40\udc41"
            })
    void nothingOfThemReachesAModel(String text) {
        assertThat(BlankText.isBlank(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", ".", "\u200ba", "火", "🦇", "\u0915\u094d", "0", "\u2800", "\u3164"})
    void somethingOfThemDoes(String text) {
        assertThat(BlankText.isBlank(text)).isFalse();
    }
}
