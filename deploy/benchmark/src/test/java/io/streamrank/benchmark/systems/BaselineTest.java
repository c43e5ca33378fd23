// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.systems;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BaselineTest {
    @ParameterizedTest
    @CsvSource({
        // of the model, of all, worth having, cores
        "0, 0, 2147483647, 4, 4",
        "0, 2, 2147483647, 4, 2",
        "3, 2, 2147483647, 4, 2",
        "1, 2, 2147483647, 4, 1",
        "8, 0, 2147483647, 4, 4",
        "0, 0, 2, 4, 2",
    })
    void hasAsManyRunsAtATimeAsTheJobWouldLetTheModelHave(
            int ofModel, int ofAll, int maxRuns, int cores, int expected) {
        assertThat(Baseline.workers(ofModel, ofAll, maxRuns, cores)).isEqualTo(expected);
    }
}
