// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final JsonNode RIGHT = answer("a", 0.5);
    private static final JsonNode WRONG = answer("b", 0.5);
    private static final JsonNode DEGRADED = ((ObjectNode) answer("b", 0.5)).put("degraded", true);

    @Test
    void countsEachQueryOnceWhateverBecameOfIt() {
        assertThat(verdict(List.of(), List.of(RIGHT), List.of(RIGHT, RIGHT), List.of(DEGRADED), List.of(WRONG)))
                .isEqualTo(new Verdict(5, 1, 1, 1, 1));
    }

    @Test
    void looksAtASecondAnswerToo() {
        assertThat(verdict(List.of(RIGHT, WRONG), List.of(RIGHT, DEGRADED))).isEqualTo(new Verdict(2, 0, 2, 1, 1));
    }

    @Test
    void takesScoresForEqualThatDifferByTheOrderOfASum() {
        assertThat(verdict(List.of(answer("a", 0.500_01)), List.of(answer("a", 0.501))))
                .isEqualTo(new Verdict(2, 0, 0, 0, 1));
    }

    @SafeVarargs
    private static Verdict verdict(List<JsonNode>... answers) {
        return Verdict.of(i -> answers[i], 0, answers.length, Map.of("text", RIGHT));
    }

    private static JsonNode answer(String id, double score) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode().put("query", "text");
        answer.putArray("results").addObject().put("id", id).put("relevance_score", score);
        return answer;
    }
}
