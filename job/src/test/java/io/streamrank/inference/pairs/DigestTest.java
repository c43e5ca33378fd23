// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DigestTest {
    @Test
    void digestsOfDifferentTextsDiffer() {
        assertThat(Digest.of("a text")).isEqualTo(Digest.of("a text")).isNotEqualTo(Digest.of("a text "));
        assertThat(Digest.of("half \ud83d"))
                .isNotEqualTo(Digest.of("half \ud83e"))
                .isNotEqualTo(Digest.of("half ?"));
    }
}
