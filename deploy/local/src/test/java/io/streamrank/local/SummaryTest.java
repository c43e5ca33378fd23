// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class SummaryTest {
    @Test
    void tellsDocumentsQueriesRateAndLatencies() throws Exception {
        Summary summary = new Summary();
        for (int ms = 1; ms <= 20; ms++) {
            summary.add(new ObjectMapper()
                    .readTree("{\"usage\":{\"pairs\":50},\"timing_ms\":{\"total\":" + ms + "},\"degraded\":" + (ms == 1)
                            + "}"));
        }

        assertThat(summary.line(1_234))
                .matches("1,234 documents · 20 queries · [0-9,]+ pairs/s · p50 10 ms · p95 19 ms · 1 degraded");
    }

    @Test
    void isBriefWhereNothingWasAnswered() {
        assertThat(new Summary().line(3)).isEqualTo("3 documents · 0 queries · 0 pairs/s");
    }
}
