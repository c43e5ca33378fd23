// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.measurement;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResourceMeterTest {
    @Test
    void addsUpTheMemoryOfAllGpus() {
        assertThat(ResourceMeter.mebibytes("1024\n 7 \n[N/A]\n")).isEqualTo(1_031L << 20);
        assertThat(ResourceMeter.mebibytes("")).isZero();
    }
}
