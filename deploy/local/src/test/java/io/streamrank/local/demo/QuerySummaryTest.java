// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QuerySummaryTest {
    private final AtomicLong nanos = new AtomicLong(7);
    private final QuerySummary summary = new QuerySummary(nanos::get);

    @Test
    void tellsDocumentsQueriesRateAndLatencies() throws Exception {
        for (int ms = 1; ms <= 20; ms++) {
            summary.add(new ObjectMapper().readTree("""
                    {"usage":{"pairs":50},"timing_ms":{"total":%d},"degraded":%b}""".formatted(ms, ms == 1)));
        }
        nanos.addAndGet(500_000_000);

        assertThat(summary.line(1_234))
                .isEqualTo("1,234 documents · 20 queries · 2,000 pairs/s · p50 10 ms · p95 19 ms · 1 degraded");
    }

    @Test
    void isBriefWhereNothingWasAnswered() {
        nanos.incrementAndGet();

        assertThat(summary.line(3)).isEqualTo("3 documents · 0 queries · 0 pairs/s");
    }
}
