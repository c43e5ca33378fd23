// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Holds what the page shows of an answer. Some answers a job gives only when it is in trouble. */
class PageAnswerTest extends PageFixture {
    @Test
    void showsTheOrderOfRetrievalNextToTheFinalOne() {
        browser.ask("keep the newest");

        assertThat(browser.texts(".retrieved .title")).containsExactly("retries", "env.log.max", "cleanup.policy");
        assertThat(browser.texts(".retrieved .score")).containsExactly("0.640", "0.620", "0.600");
        assertThat(browser.texts(".ranked .title")).containsExactly("cleanup.policy", "retries", "env.log.max");
        assertThat(browser.texts(".ranked .score")).containsExactly("0.910", "0.300", "0.020");
        assertThat(browser.texts(".ranked .move > [aria-hidden]")).containsExactly("↑2", "↓1", "↓1");
        assertThat(browser.text("#times"))
                .contains("embed 4 ms", "retrieve 2 ms", "rerank 14 ms", "total 21 ms", "3 pairs", "builtin:test");
        assertThat(browser.script("return document.getElementById('live').textContent"))
                .isEqualTo("3 documents ranked in 21 ms");
        assertThat(browser.text("#health")).isEqualTo("ready · builtin:test");
        browser.assertNoComplaints();
    }

    @Test
    void asksForAllCandidatesSoThatItKnowsTheOrderOfRetrieval() {
        browser.type("#candidates", "30");
        browser.type("#top_n", "2");
        browser.ask("q");

        assertThat(lastQuery().path("top_n").asInt()).isEqualTo(30);
        assertThat(browser.texts(".ranked .title")).hasSize(2);
        browser.click("#all");
        assertThat(browser.texts(".ranked .title")).hasSize(3);

        browser.click("#more summary");
        browser.click("#compare");
        browser.ask("q");
        assertThat(lastQuery().path("top_n").asInt()).isEqualTo(2);
        assertThat(browser.texts(".retrieved")).isEmpty();
    }

    @Test
    void aClickOnAValueOfTheMetadataNarrowsTheSearch() {
        browser.ask("q");
        browser.click("#hit-1 .title");
        browser.click("#hit-1 .chip");
        assertThat(browser.value("#filter")).isEqualTo("{\"system\":\"kafka\"}");

        browser.ask();
        assertThat(lastQuery().path("filter").toString()).isEqualTo("{\"system\":\"kafka\"}");
    }

    @Test
    void saysWhyAnAnswerIsDegraded() {
        gateway.answers(answer(
                HITS.replaceAll("\"relevance_score\":[0-9.]+", "\"relevance_score\":null"),
                "\"degraded\":true,\"degraded_reason\":\"timeout\"",
                ""));
        browser.ask("q");
        assertThat(browser.text("#degraded"))
                .isEqualTo("Degraded answer\nTime ran out. So this is the order of retrieval alone.");
        assertThat(browser.texts(".ranked .score")).containsExactly("0.600", "0.640", "0.620");
        assertThat(browser.texts(".retrieved")).isEmpty();

        gateway.answers(answer("", "\"degraded\":true,\"degraded_reason\":\"model_error\"", ""));
        browser.ask("q");
        assertThat(browser.text("#degraded")).contains("Nothing was found: the question could not be embedded");

        gateway.answers(answer(HITS, "\"degraded\":true,\"degraded_reason\":\"overload\"", ""));
        browser.ask("q");
        assertThat(browser.text("#degraded")).contains("too much to do", "is reranked");
    }

    @Test
    void showsTheRanksOfBothListsOfAHybridSearch() {
        gateway.answers(answer(
                HITS.replace(
                        "\"retrieval\":{\"rank\":0,",
                        "\"retrieval\":{\"dense_rank\":4,\"sparse\":{\"rank\":0,\"score\":7.5},\"rank\":0,"),
                "\"degraded\":false",
                ""));
        browser.click("#more summary");
        browser.find("#retrieval").sendKeys("hybrid");
        browser.ask("q");
        assertThat(lastQuery().path("retrieval").asText()).isEqualTo("hybrid");
        assertThat(browser.texts(".retrieved .score")).containsExactly("5 / 1", "– / –", "– / –");
        browser.click("#hit-2 .title");
        assertThat(browser.text("#hit-2 .facts")).contains("by words at place 1 (BM25 7.500)");
    }

    @Test
    void saysInWordsWhatUsageRemarks() {
        gateway.answers(
                answer(
                        HITS,
                        "\"degraded\":false",
                        ",\"duplicates\":2,\"no_text\":1,\"below_min_score\":3,\"omitted_documents\":5,\"omitted_hits\":1,\"ignored\":[\"colour\"],\"invalid_documents\":[\"documents[1]"
                                + " is null\"],\"missing_rank_fields\":[\"plot\"],"
                                + "\"missing_filter_fields\":[\"year\"],\"missing_collection\":\"films\",\"coverage\":{\"shards\":3,\"of\":4},\"from_the_future\":7"));
        browser.ask("q");
        assertThat(browser.texts("#remarks li"))
                .containsExactly(
                        "2 documents have the same text as a candidate and were left out.",
                        "1 document has no text in the ranked fields and so no score.",
                        "3 documents were left out, below the least score.",
                        "5 results have no document, as the answer would have been too large for its topic.",
                        "1 result was left out, as the answer would have been too large for its topic.",
                        "The job did not use “colour”.",
                        "Some documents could not be read: documents[1] is null.",
                        "No candidate has the field “plot” to rank by.",
                        "No document of the collection has “year”, which the filter asks for.",
                        "The collection “films” has no document.",
                        "from the future: 7",
                        "Only 3 of 4 parts of the corpus answered in time.");
    }

    @Test
    void showsAReplyWithItsCitations() {
        gateway.answers(answer(
                HITS,
                "\"degraded\":false,\"reply\":{\"text\":\"Compact it [1], <b>not</b> [7].\",\"model\":\"m\","
                        + "\"citations\":[{\"n\":1,\"id\":\"c\"}],\"finish_reason\":\"stop\"}",
                ""));
        browser.click("#more summary");
        browser.click("#reply");
        browser.ask("q");
        assertThat(lastQuery().path("reply").asBoolean()).isTrue();
        assertThat(browser.text("#reply-text .text")).isEqualTo("Compact it [1], <b>not</b> [7].");
        assertThat(browser.texts("#reply-text .sources .cite")).containsExactly("[1] cleanup.policy");
        browser.click("#reply-text .text .cite");
        assertThat(browser.text("#hit-1 .whole")).contains("Delete or compact.", "retrieved at place 3");

        gateway.answers(answer(HITS, "\"degraded\":false,\"reply\":{\"error\":\"no_sources\"}", ""));
        browser.ask("q");
        assertThat(browser.text("#reply-box")).contains("No document is good enough", "The ranking is not affected.");
    }
}
