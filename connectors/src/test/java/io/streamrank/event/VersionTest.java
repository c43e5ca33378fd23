// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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

    @Test
    void takesTheLaterTime() {
        assertThat(new Version(10, 1, 2).notBefore(11)).isEqualTo(new Version(11, 1, 2));
        assertThat(new Version(10, 1, 2).notBefore(9)).isEqualTo(new Version(10, 1, 2));
    }

    /** Three partitions whose producers' clocks differ, with the time that never goes back within a partition. */
    @Test
    void isOneOrderOverSeveralPartitions() {
        Random random = new Random(11);
        for (int round = 0; round < 50; round++) {
            List<Version> versions = log(random);
            List<Version> sorted = versions.stream().sorted().toList();
            for (int i = 0; i < sorted.size(); i++) {
                for (int j = 0; j < sorted.size(); j++) {
                    assertThat(Integer.signum(sorted.get(i).compareTo(sorted.get(j))))
                            .isEqualTo(Integer.signum(Integer.compare(i, j)));
                }
            }
        }
    }

    private static List<Version> log(Random random) {
        List<Version> versions = new ArrayList<>();
        long[] latestMs = new long[3];
        for (int offset = 0; offset < 30; offset++) {
            int partition = random.nextInt(3);
            Version version = new Version(random.nextInt(20), partition, offset).notBefore(latestMs[partition]);
            latestMs[partition] = version.timestampMs();
            versions.add(version);
        }
        return versions;
    }
}
