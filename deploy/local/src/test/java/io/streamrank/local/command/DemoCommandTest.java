// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class DemoCommandTest {
    private static final String REPLY_TOPICS = "kafka.reply-topics";

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '"',
            value = {
                "[replies-*]                     # replies-*,streamrank-replies",
                "streamrank-replies-2            # streamrank-replies-2,streamrank-replies",
                "my-streamrank-replies, other    # my-streamrank-replies,other,streamrank-replies",
                "other, streamrank-replies       # other, streamrank-replies",
                "\"\"                            # streamrank-replies"
            })
    void addsTheGatewaysTopicToReplyTopicsThatLeaveItOut(String own, String all) {
        assertThat(settings("--web", "--set", REPLY_TOPICS + "=" + own)).containsEntry(REPLY_TOPICS, all);
        assertThat(settings("--set", REPLY_TOPICS + "=" + own)).containsEntry(REPLY_TOPICS, own);
    }

    @Test
    void leavesReplyTopicsAloneIfNobodySetThem() {
        assertThat(settings("--web")).doesNotContainKey(REPLY_TOPICS);
    }

    private static Map<String, String> settings(String... arguments) {
        DemoCommand command = new DemoCommand();
        new CommandLine(command).parseArgs(arguments);
        return command.checked();
    }
}
