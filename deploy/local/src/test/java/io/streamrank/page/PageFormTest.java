// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** Holds what the form takes and how a link brings it back. */
class PageFormTest extends PageFixture {
    @Test
    void saysWhatIsWrongWithAFilterBeforeItIsSent() {
        browser.type("#filter", "{\"year\":{\"near\":1}}");
        assertThat(browser.text("#filter-error"))
                .isEqualTo(
                        "filter.year.near is not an operator; there are eq, in, gt, gte, lt, lte, and dots name nested"
                                + " members");
        browser.type("#filter", "{year");
        assertThat(browser.text("#filter-error")).startsWith("The filter is not JSON: ");

        browser.type("#query", "q");
        browser.press(Keys.ENTER);
        assertThat(browser.focus()).isEqualTo("filter");
        assertThat(gateway.lastQuery()).isNull();

        browser.type("#filter", "{\"id\":12345678901234567890}");
        browser.ask("q");
        assertThat(lastQuery().path("filter").toString()).isEqualTo("{\"id\":12345678901234567890}");
    }

    @Test
    void readsPastedJsonCsvAndLines() {
        browser.click("input[value=rerank]");
        paste("[\"a text\", {\"id\": 5.0, \"title\": \"T\", \"year\": 12345678901234567890}, 7]");
        assertThat(browser.text("#paste-preview"))
                .isEqualTo("Read as JSON: 2 documents; neither a text nor an object, left out: element 3.");
        browser.click("#paste-replace");
        browser.ask("q");
        assertThat(lastQuery().path("documents").toString())
                .isEqualTo("[\"a text\",{\"id\":5.0,\"title\":\"T\",\"year\":12345678901234567890}]");

        paste("title;text\nOne;\"with; a \"\"quoted\"\"\nline\"\nTwo;plain\n");
        assertThat(browser.text("#paste-preview")).isEqualTo("Read as CSV: 2 documents with title, text.");
        browser.click("#paste-replace");
        browser.ask();
        assertThat(lastQuery().path("documents").toString())
                .isEqualTo("[{\"title\":\"One\",\"text\":\"with; a \\\"quoted\\\"\\n"
                        + "line\"},{\"title\":\"Two\",\"text\":\"plain\"}]");

        paste("Ships sink, sometimes.\n\nSharks bite, often.");
        assertThat(browser.text("#paste-preview")).isEqualTo("Read as lines: 2 documents.");
        browser.click("#paste-append");
        browser.ask();
        assertThat(lastQuery().path("documents")).hasSize(4);
        assertThat(lastQuery().path("documents").get(3).asText()).isEqualTo("Sharks bite, often.");

        paste("{\"text\":\"first\"}\n{\"text\":\"second\",\"n\":1}");
        assertThat(browser.text("#paste-preview")).isEqualTo("Read as JSON: 2 documents.");
        paste("{\"query\":\"who?\",\"documents\":[\"x\"]}");
        assertThat(browser.text("#paste-preview")).isEqualTo("Read as JSON: 1 document.");
        paste("[{\"a\":1");
        assertThat(browser.text("#paste-preview")).startsWith("This cannot be used: element 1 is not JSON");
        assertThat(browser.find("#paste-replace").isEnabled()).isFalse();
        browser.assertNoComplaints();
    }

    private void paste(String text) {
        if (!browser.isShown("#paste-dialog")) {
            browser.click("#paste");
        }
        browser.type("#paste-text", text);
    }

    @Test
    void aLinkReproducesTheForm() {
        browser.type("#query", "what & why? <b>");
        browser.type("#candidates", "20");
        browser.type("#filter", "{\"a\":\"b c\"}");
        browser.click("#more summary");
        browser.type("#collection", "films");
        browser.type("#rank_fields", "title, plot");
        browser.type("#min_score", "0.25");
        browser.type("#timeout_ms", "1500");
        browser.click("#reply");
        Browser.await("the link").until(() -> hash().contains("reply=true"));
        String search = hash();

        browser.open(
                gateway.address() + "#mode=rerank&query=own&documents=%5B%22one%22%2C%22%3Cscript%3E%22%5D&top_n=1");
        assertThat(browser.value("#document-2")).isEqualTo("<script>");
        assertThat(browser.value("#top_n")).isEqualTo("1");
        browser.ask();
        assertThat(lastQuery().path("documents")).hasSize(2);
        assertThat(browser.isShown("#filter")).isFalse();

        browser.open(gateway.address() + search);
        assertThat(browser.value("#query")).isEqualTo("what & why? <b>");
        browser.ask();
        JsonNode sent = lastQuery();
        assertThat(sent.path("collection").asText()).isEqualTo("films");
        assertThat(sent.path("candidates").asInt()).isEqualTo(20);
        assertThat(sent.path("filter").toString()).isEqualTo("{\"a\":\"b c\"}");
        assertThat(sent.path("rank_fields").toString()).isEqualTo("[\"title\",\"plot\"]");
        assertThat(sent.path("min_score").asDouble()).isEqualTo(0.25);
        assertThat(sent.path("timeout_ms").asInt()).isEqualTo(1500);
        assertThat(sent.path("reply").asBoolean()).isTrue();
        browser.assertNoComplaints();
    }

    private static String hash() {
        return String.valueOf(browser.script("return location.hash"));
    }

    @Test
    void linksToTheReferenceOfTheApi() {
        assertThat(browser.find("#docs-link").getDomProperty("href")).isEqualTo(gateway.address() + "docs");
    }
}
