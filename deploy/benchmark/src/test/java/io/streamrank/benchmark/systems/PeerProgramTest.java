// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.systems;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.benchmark.measurement.Measurement;
import io.streamrank.local.console.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerProgramTest {
    private static final List<PairFile.Size> SIZES = List.of(new PairFile.Size(2, 30), new PairFile.Size(1, 7));

    @TempDir
    private Path directory;

    @Test
    void scoresTheNextQueriesAndBeginsAgainAfterTheLast() throws IOException {
        try (PeerProgram peer =
                start("echo ready; while read -r n; do echo '{\"max_difference\": 0.'$n'}'; done; : {pairs}")) {
            Measurement three = peer.run(3);
            assertThat(three.pairs()).isEqualTo(5);
            assertThat(three.tokens()).isEqualTo(67);
            assertThat(peer.run(1).pairs()).isEqualTo(1);
            assertThat(peer.maxDifference()).isEqualTo(0.3);
        }
    }

    @Test
    void saysWhichPeerEnded() {
        assertThatThrownBy(() -> start("cat {pairs}"))
                .isInstanceOf(InputException.class)
                .hasMessage("the peer it ended before it answered: run its command by hand to see why");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no command", "=cat {pairs}", "name=cat"})
    void wantsANameAndACommandWithThePairs(String option) {
        assertThatThrownBy(() -> PeerProgram.check(option))
                .isInstanceOf(InputException.class)
                .hasMessage("--peer takes NAME=COMMAND, a command line that holds {pairs}: " + option);
    }

    private PeerProgram start(String command) throws IOException {
        return PeerProgram.start("it=" + command, new PairFile(directory.resolve("pairs.jsonl")), SIZES);
    }
}
