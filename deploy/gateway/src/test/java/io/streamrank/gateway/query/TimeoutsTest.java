// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimeoutsTest {
    private final Timeouts timeouts = Timeouts.defaults();

    @Test
    void aRequestThatSaysNothingHasFourSeconds() throws Exception {
        assertThat(of("{}")).isEqualTo(Duration.ofSeconds(4));
        assertThat(of("{\"timeout\":null,\"timeout_ms\":0}")).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void whoAsksForAReplyHasThirtySeconds() throws Exception {
        assertThat(of("{\"reply\":true}")).isEqualTo(Duration.ofSeconds(30));
        assertThat(of("{\"reply\":{\"max_tokens\":9}}")).isEqualTo(Duration.ofSeconds(30));
        assertThat(of("{\"reply\":false}")).isEqualTo(Duration.ofSeconds(4));
        assertThat(of("{\"reply\":true,\"timeout\":2}")).isEqualTo(Duration.ofSeconds(2));

        Timeouts shorter = new Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(9));
        assertThat(shorter.of(body("{\"reply\":true}"))).isEqualTo(Duration.ofSeconds(9));
        Timeouts patient = new Timeouts(Duration.ofSeconds(50), Duration.ofSeconds(60));
        assertThat(patient.of(body("{\"reply\":true}"))).isEqualTo(Duration.ofSeconds(50));
    }

    @Test
    void theShorterOfBothMembersCounts() throws Exception {
        assertThat(of("{\"timeout\":2.5}")).isEqualTo(Duration.ofMillis(2_500));
        assertThat(of("{\"timeout_ms\":700}")).isEqualTo(Duration.ofMillis(700));
        assertThat(of("{\"timeout\":60,\"timeout_ms\":700}")).isEqualTo(Duration.ofMillis(700));
    }

    @Test
    void refusesWhatIsNoTime() {
        assertThatThrownBy(() -> of("{\"timeout\":61}"))
                .hasMessage("timeout must be a number in [0.001, 60] but is 61");
        assertThatThrownBy(() -> of("{\"timeout\":\"4s\"}"))
                .hasMessage("timeout must be a number in [0.001, 60] but is \"4s\"");
        assertThatThrownBy(() -> of("{\"timeout_ms\":-1}"))
                .hasMessage("timeout_ms must be a number in [1, 60000] but is -1");
    }

    private Duration of(String json) throws Exception {
        return timeouts.of(body(json));
    }

    private static ObjectNode body(String json) throws Exception {
        return (ObjectNode) new ObjectMapper().readTree(json);
    }
}
