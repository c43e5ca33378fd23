// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.measurement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    @Test
    void percentilesAreTheSmallestThatSoManyDoNotExceed() {
        Latencies latencies = Latencies.of(List.of(4_000_000L, 1_000_000L, 3_000_000L, 2_000_000L));
        assertThat(latencies.percentile(50)).isEqualTo(2);
        assertThat(latencies.percentile(51)).isEqualTo(3);
        assertThat(latencies.percentile(99)).isEqualTo(4);
    }
}
