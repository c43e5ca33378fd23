// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkloadTest {
    private static final List<String> PASSAGES =
            IntStream.range(0, 100).mapToObj(i -> "passage " + i).toList();

    @TempDir
    private Path directory;

    @Test
    void isTheSameEveryTimeAndNeverRepeatsAPassageWithinARequest() {
        Workload workload = workload(0);
        assertThat(workload.requests(3, 50)).isEqualTo(workload(0).requests(3, 50));
        assertThat(workload.requests(0, 50))
                .allSatisfy(
                        request -> assertThat(request.passages()).hasSize(20).doesNotHaveDuplicates());
        assertThat(workload.requests(5, 1)).isEqualTo(workload.requests(0, 10).subList(5, 6));
    }

    @Test
    void repeatsRequestsOnlyWhereAskedTo() {
        assertThat(new HashSet<>(workload(0).requests(0, 1_000))).hasSize(1_000);
        assertThat(new HashSet<>(workload(1).requests(0, 1_000))).hasSizeBetween(200, 700);
        assertThat(new HashSet<>(workload(2).requests(0, 1_000))).hasSizeBetween(10, 150);
    }

    @Test
    void makesPassagesUpWhereMoreAreWanted() {
        RerankRequest request = workload(0).withCandidates(250).requests(0, 1).get(0);
        assertThat(request.passages())
                .hasSize(250)
                .doesNotHaveDuplicates()
                .contains("passage 99", "1 passage 99", "2 passage 0");
    }

    @Test
    void aRequestInTurnHasTheSameWordsUnderAnotherName() {
        RerankRequest request = new RerankRequest("who flies?", List.of("Bats."));
        assertThat(request.inTurn(0)).isEqualTo(request);
        assertThat(request.inTurn(2)).isEqualTo(new RerankRequest("who flies?  ", List.of("Bats.")));
    }

    @Test
    void takesACollectionInTheLayoutOfBeir() throws Exception {
        Files.writeString(directory.resolve("corpus.jsonl"), """
            {"_id":"1","title":"Bats","text":"They fly."}
            {"_id":"2","title":"","text":"They swim."}
            {"_id":"3","title":"","text":" "}
            """);
        Files.writeString(directory.resolve("queries.jsonl"), """
            {"_id":"q","text":"who flies?"}
            """);
        RerankRequest request = Workload.of(directory, 2, 0).requests(0, 1).get(0);
        assertThat(request.query()).isEqualTo("who flies?");
        assertThat(request.passages()).containsExactlyInAnyOrder("Bats\nThey fly.", "They swim.");
    }

    @Test
    void refusesMoreCandidatesThanPassages() {
        assertThatThrownBy(() -> new Workload("w", PASSAGES, List.of("q"), 101, 0))
                .hasMessage("--candidates must be at most the number of different passages in w, 100: 101");
    }

    private static Workload workload(double zipf) {
        return new Workload("w", PASSAGES, List.of("a", "b", "c"), 20, zipf);
    }
}
