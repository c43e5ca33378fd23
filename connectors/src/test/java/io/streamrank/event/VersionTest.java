// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VersionTest {
    @Test
    void goesByOffsetWithinAPartition() {
        assertThat(new Version(10, 0, 2).isNewerThan(new Version(99, 0, 1))).isTrue();
        assertThat(new Version(10, 0, 2).isNewerThan(new Version(10, 0, 2))).isFalse();
    }

    @Test
    void goesByTimeBetweenPartitions() {
        assertThat(new Version(11, 0, 1).isNewerThan(new Version(10, 1, 99))).isTrue();
        assertThat(new Version(10, 1, 1).isNewerThan(new Version(10, 0, 99))).isTrue();
    }
}
