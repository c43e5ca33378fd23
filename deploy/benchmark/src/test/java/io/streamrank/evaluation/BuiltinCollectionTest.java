// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.local.console.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BuiltinCollectionTest {
    private static TestCollection collection = TestCollection.of("none", Map.of(), Map.of(), Map.of());

    @BeforeAll
    static void read() throws IOException {
        collection = BuiltinCollection.read("builtin:configuration");
    }

    @Test
    void asksAtLeastSixtyQuestionsEachOnceAndEachWithAnAnswer() {
        assertThat(collection.queries()).hasSizeGreaterThanOrEqualTo(60);
        assertThat(collection.queries().values())
                .doesNotHaveDuplicates()
                .allSatisfy(text -> assertThat(text).isNotBlank());
        assertThat(collection.withoutRelevant()).isZero();
        assertThat(collection.grades().keySet())
                .containsExactlyInAnyOrderElementsOf(collection.queries().keySet());
        assertThat(collection.grades().values())
                .allSatisfy(grades -> assertThat(grades.values()).contains(2).isSubsetOf(1, 2));
    }

    /** An option may be renamed or dropped by a new version of Flink or Kafka: its judgements then have to follow. */
    @Test
    void everyJudgedOptionIsInTheCorpus() {
        Set<String> judged = collection.grades().values().stream()
                .flatMap(grades -> grades.keySet().stream())
                .collect(Collectors.toCollection(HashSet::new));

        assertThat(collection.documents().keySet()).containsAll(judged);
    }

    /** What the demonstration shows is judged, word for word. */
    @Test
    void beginsWithTheTwentyQuestionsOfTheDemonstration() throws IOException {
        InputStream resource =
                Objects.requireNonNull(getClass().getResourceAsStream("/io/streamrank/local/demo/demo-queries.txt"));
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            assertThat(collection.queries().values().stream().limit(20).toList())
                    .isEqualTo(lines.lines().toList());
        }
    }

    @Test
    void refusesACollectionThatItDoesNotHave() {
        assertThatThrownBy(() -> BuiltinCollection.read("builtin:demo"))
                .isInstanceOf(InputException.class)
                .hasMessage("there is no built-in collection builtin:demo: take builtin:configuration or a directory");
    }
}
