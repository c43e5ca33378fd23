// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class RankingTableTest {
    private static final String RESULT = """
            {"query":"bats","results":[
              {"index":2,"id":"c","relevance_score":0.9,"retrieval":{"rank":2,"score":0.5},
               "document":{"fields":{"title":"Batman\\nBegins"}}},
              {"index":0,"id":"a","relevance_score":0.25,"retrieval":{"rank":0,"score":0.7},
               "document":{"id":"a","plot":"A very long plot that does not fit into its column at all, not even nearly"}},
              {"index":1,"id":"b","relevance_score":0.1,"retrieval":{"rank":1,"score":0.6}}],
             "usage":{"pairs":3},"timing_ms":{"embed":4,"retrieve":1,"rerank":38,"total":47}}
            """;

    @Test
    void showsBothOrdersSideBySideWithHowFarEachMoved() throws Exception {
        assertThat(print(RESULT, 2, false)).isEqualTo("""

                        bats
                             retrieved                 cosine  │     reranked             score
                           1 A very long plot that do…  0.700  │   1 Batman Begins        0.900 ↑2
                           2 b                          0.600  │   2 A very long plot t…  0.250 ↓1
                          3 pairs · embed 4 ms · retrieve 1 ms · rerank 38 ms · total 47 ms
                        """);
    }

    @Test
    void showsTheRanksInBothListsThatWereFused() throws Exception {
        assertThat(print("""
                {"query":"q","results":[
                {"id":"a","relevance_score":0.9,"retrieval":{"rank":1,"score":0.5,"sparse":{"rank":11,"score":3.5}}},
                {"id":"b","relevance_score":0.8,"retrieval":{"rank":0,"score":0.7,"dense_rank":3,"sparse":{"rank":0,"score":7}}},
                {"id":"c","relevance_score":0.7,"retrieval":{"rank":2,"score":0.6,"dense_rank":4}}]}""", 3, false).lines())
                .containsSubsequence(
                        "     retrieved           dense/sparse  │     reranked             score",
                        "   1 b                            4/1  │   1 a                    0.900 ↑1",
                        "   2 a                           –/12  │   2 b                    0.800 ↓1",
                        "   3 c                            5/–  │   3 c                    0.700  =");
    }

    @Test
    void showsTheScoreOfBm25WhereWordsAloneFoundTheCandidates() throws Exception {
        assertThat(print("""
                {"query":"q","degraded":true,"degraded_reason":"timeout","results":[
                {"id":"a","relevance_score":0.9,"retrieval":{"rank":0,"score":null,"sparse":{"rank":0,"score":3.5}}}]}""", 3, false))
                .contains("   BM25  │", "3.500  │", "degraded (timeout)")
                .doesNotContain("retrieval order", "cosine");
    }

    @Test
    void showsOneColumnForDocumentsThatCameWithTheQuery() throws Exception {
        assertThat(print("""
                {"query":"q","results":[{"index":4,"relevance_score":0.9}]}""", 5, false)).contains("   1 document 4 ").doesNotContain("retrieved");
    }

    @Test
    void saysWhenNothingWasFoundAndWhenAnAnswerIsDegraded() throws Exception {
        assertThat(print("""
                {"query":"q","results":[],"degraded":false}""", 5, false)).contains("no document matches").doesNotContain("degraded");
        assertThat(print("""
                {"query":"q","results":[{"index":0}],"degraded":true,"degraded_reason":"timeout"}""", 5, false)).contains("degraded (timeout): retrieval order");
        assertThat(print("""
                {"query":"q","results":[],"degraded":true,"degraded_reason":"timeout"}""", 5, false))
                .contains("the query could not be embedded, and no document has its words", "degraded (timeout)")
                .doesNotContain("no document matches", "retrieval order");
    }

    @Test
    void tellsWhatWasCutDroppedNotFoundOrNotUsed() throws Exception {
        assertThat(print("""
                {"query":"q","results":[],"usage":{"pairs":2,"tokens":23,"truncated":1,"no_text":2,
                "missing_rank_fields":["titel","txet"],"missing_collection":"boks",
                "omitted_documents":25,"omitted_hits":25}}""", 5, false))
                .contains("truncated: 1 · no text: 2 · missing rank fields: titel, txet · missing collection: boks"
                        + " · omitted documents: 25 · omitted hits: 25");
    }

    @Test
    void tellsWhatAHostedRerankerCosts() throws Exception {
        assertThat(print("""
                {"query":"q","results":[],"usage":{"pairs":2,"tokens":0,"truncated":null,
                "billed":{"search_units":1,"saved_pairs":3}}}""", 5, false))
                .contains("billed: search units 1, saved pairs 3")
                .doesNotContain("truncated");
    }

    @Test
    void tellsNothingWhereThereIsNothingToTell() throws Exception {
        assertThat(print("""
                {"query":"q","results":[],"usage":{"pairs":2,"tokens":23,"truncated":0}}""", 5, false)).doesNotContain("truncated");
    }

    @Test
    void usesColourOnlyWhereThereIsAny() throws Exception {
        assertThat(print(RESULT, 2, false)).doesNotContain("\u001b");
        assertThat(print(RESULT, 2, true)).contains("\u001b[32m↑2");
    }

    @Test
    void takesMarkupInAUsersTextAsText() throws Exception {
        assertThat(print("""
                {"query":"@|red alarm|@","results":[]}""", 5, true)).contains("alarm").doesNotContain("\u001b[31m");
    }

    private static String print(String result, int rows, boolean colour) throws Exception {
        StringWriter out = new StringWriter();
        Console console = new Console(new PrintWriter(out), new PrintWriter(new StringWriter()), colour, false, 80);
        new RankingTable(console, rows).print(new ObjectMapper().readTree(result));
        return out.toString();
    }
}
