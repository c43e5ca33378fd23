// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.local.cluster.LocalJob;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoTest {
    @Test
    void waitsForRepliesOnTopOfWhatAnswersMayTake() {
        assertThat(patience(Map.of())).isEqualTo(Duration.ofMinutes(3));
        assertThat(patience(Map.of(
                        "reply.endpoint", "http://localhost:1/v1", "reply.model", "m", "reply.timeout", "10 min")))
                .isEqualTo(Duration.ofMinutes(13));
    }

    private static Duration patience(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put(LocalJob.BOOTSTRAP_SERVERS, "localhost:9092");
        return Demo.patience(LocalJob.config(null, all));
    }
}
