// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.streamrank.gateway.query.JobAnswer;
import io.streamrank.gateway.testing.TestGateway;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RankedTextsTest {
    private static final String UNSCORED = "{\"index\":%d,\"relevance_score\":null}";
    private static final String RATED = "{\"index\":%d,\"relevance_score\":%s}";
    private static final String SCORED = "{\"index\":%d,\"relevance_score\":0.9,\"logit\":%s}";

    @Test
    void aTextWithoutALogitHasTheLeastOfTheOthersAndStaysLast() throws Exception {
        RankedTexts ranked =
                ranked(true, SCORED.formatted(2, "-1.5"), SCORED.formatted(0, "-7.25"), UNSCORED.formatted(1));

        assertThat(ranked.results())
                .containsExactly(
                        new RankedTexts.Scored(2, -1.5),
                        new RankedTexts.Scored(0, -7.25),
                        new RankedTexts.Scored(1, -7.25));
    }

    @Test
    void withoutAnyScoreAllAreZero() throws Exception {
        assertThat(ranked(true, UNSCORED.formatted(0)).results()).containsExactly(new RankedTexts.Scored(0, 0));
        assertThat(ranked(false, UNSCORED.formatted(0)).results()).containsExactly(new RankedTexts.Scored(0, 0));
    }

    @ParameterizedTest
    @CsvSource({"0.5,0", "0.75,1.0986", "0.25,-1.0986", "1,20.7233", "1.5,20.7233", "0,-20.7233", "-0.5,-20.7233"})
    void theLogitOfAModelThatGivesNoneIsThatOfItsRelevance(String relevance, double logit) throws Exception {
        RankedTexts ranked = ranked(true, RATED.formatted(0, relevance));

        assertThat(ranked.results().get(0).score()).isCloseTo(logit, within(1e-4));
        assertThat(ranked.warnings())
                .containsExactly("raw_scores: the model gives no logits, so these are ln(p / (1 - p)) of its scores p");
        assertThat(ranked(false, RATED.formatted(0, relevance)).warnings()).isEmpty();
    }

    private static RankedTexts ranked(boolean raw, String... hits) throws Exception {
        int size = hits.length;
        RankingRequest request = new RankingRequest(
                "q",
                Collections.nCopies(size, "text"),
                Collections.<JsonNode>nCopies(size, NullNode.getInstance()),
                size,
                false,
                raw,
                List.of());
        String json = "{\"results\":[" + String.join(",", hits) + "],\"usage\":{\"tokens\":1,\"truncated\":null}}";
        return RankedTexts.of(request, new JobAnswer(TestGateway.JSON.readTree(json)));
    }
}
