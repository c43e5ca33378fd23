// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryHintsTest {
    private static final Instant NOW = Instant.parse("2026-11-26T20:00:00Z");

    @ParameterizedTest(name = "{0} is {1} ms")
    @CsvSource(delimiter = '|', textBlock = """
            retry-after=7 | 7000
            retry-after=0.25 | 250
            retry-after=Thu, 26 Nov 2026 20:00:09 GMT | 9000
            retry-after=Thu, 26 Nov 2026 19:00:00 GMT | 0
            retry-after-ms=120; retry-after=9 | 120
            retry-after=soon; x-ratelimit-reset=3 | 3000
            x-ratelimit-reset=1795723205 | 5000
            x-ratelimit-reset=1795723205.5 | 5500
            x-ratelimit-reset=6m0s | 360000
            x-ratelimit-reset=0.5 | 500
            x-tokenlimit-reset=2 | 2000
            x-ratelimit-reset-requests=1s; x-ratelimit-remaining-requests=0; x-ratelimit-reset-tokens=6m0s; x-ratelimit-remaining-tokens=12 | 1000
            x-ratelimit-reset-requests=120ms; x-ratelimit-reset-tokens=1h2m3.5s | 3600000
            x-ratelimit-reset-tokens=59.1s | 59100
            retry-after=99999999 | 3600000
            retry-after=-5 | 0
            retry-after=1e9 | 0
            date=today | 0
            """)
    void aHeaderSaysWhenToComeBack(String headers, long millis) {
        assertThat(RetryHints.of(parsed(headers), NOW)).isEqualTo(new RetryHints(Duration.ofMillis(millis), false));
    }

    @Test
    void aHeaderSaysNeverToComeBack() {
        assertThat(RetryHints.of(parsed("x-should-retry=false"), NOW).never()).isTrue();
        assertThat(RetryHints.of(parsed("x-should-retry=true"), NOW).never()).isFalse();
    }

    private static HttpHeaders parsed(String headers) {
        Map<String, List<String>> map = Arrays.stream(headers.split(";", -1))
                .map(header -> header.strip().split("=", 2))
                .collect(Collectors.toMap(part -> part[0], part -> List.of(part[1])));
        return HttpHeaders.of(map, (name, value) -> true);
    }
}
