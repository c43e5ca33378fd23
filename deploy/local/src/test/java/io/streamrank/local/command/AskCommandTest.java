// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class AskCommandTest {
    @Test
    void whoAsksForAReplyGetsTheHitsInTimeEvenIfTheModelIsTooSlow() {
        ObjectNode query = query("--reply", "--timeout", "20", "who sank?");
        assertThat(query.path("reply").asBoolean()).isTrue();
        assertThat(query.path("timeout_ms").asLong()).isEqualTo(18_000);
    }

    @Test
    void withoutAReplyTheJobsOwnLimitApplies() {
        assertThat(query("who sank?").toString())
                .isEqualTo("{\"query\":\"who sank?\",\"candidates\":50,\"top_n\":50,\"return_documents\":true}");
    }

    private static ObjectNode query(String... arguments) {
        AskCommand command = new AskCommand();
        new CommandLine(command).parseArgs(arguments);
        return command.query();
    }
}
