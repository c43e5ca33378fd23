// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.gateway.query.Problem;
import io.streamrank.gateway.query.RequestException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The page with answers of a test, since a job gives some of them only when it is in trouble. */
class PageTest {
    private static final String HIT = """
        {"index":%d,"id":"%s","relevance_score":%s,"retrieval":{"rank":%d,"score":%s},
         "document":{"id":"%s","title":"%s","text":"%s","metadata":{"system":"kafka","since":2.0}}}\
        """;

    /** The third of retrieval is the first in the end. */
    private static final String HITS = String.join(
            ",",
            HIT.formatted(2, "c", "0.91", 2, "0.60", "c", "cleanup.policy", "Delete or compact."),
            HIT.formatted(0, "a", "0.30", 0, "0.64", "a", "retries", "How often a send is tried again."),
            HIT.formatted(1, "b", "0.02", 1, "0.62", "b", "env.log.max", "How many log files are kept."));

    private static final String COSTS = """
        "usage":{"pairs":3,"tokens":61,"truncated":0%s},
        "timing_ms":{"queue":1,"embed":4,"retrieve":2,"rerank":14,"total":21}\
        """;

    private static final String ANSWER = answer(HITS, "\"degraded\":false", "");

    private static Browser browser;

    private final ScriptedGateway gateway = new ScriptedGateway(null, 8);

    private static String answer(String hits, String state, String remarks) {
        return "{\"id\":\"q\",\"query\":\"q\",\"model\":\"builtin:test\",\"results\":[" + hits + "]," + state + ","
                + COSTS.formatted(remarks) + "}";
    }

    @BeforeAll
    static void startTheBrowser() {
        browser = Browser.start();
    }

    @AfterAll
    static void stopTheBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void openThePage() {
        browser.size(1400, 900);
        browser.dark(false);
        gateway.answers(ANSWER);
        browser.open(gateway.address());
        browser.complaints();
    }

    @AfterEach
    void stopTheGateway() {
        gateway.close();
    }

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
    void saysInWordsWhatTheJobRefuses() {
        browser.type("#candidates", "5000");
        browser.ask("q");

        assertThat(browser.text("#failure")).startsWith("The question cannot be used as it is\ncandidates must be ");
        assertThat(browser.text("#candidates-error"))
                .startsWith("candidates must be ")
                .contains("5000");
        assertThat(browser.find("#candidates").getDomAttribute("aria-invalid")).isEqualTo("true");
        assertThat(browser.find("#failure").getDomAttribute("role")).isEqualTo("alert");
        browser.assertNoComplaints("status of 400");
    }

    @Test
    void saysInWordsThatSomethingFailedOrDidNotAnswer() {
        gateway.fails(new RequestException(Problem.MODEL_ERROR, "the model failed on these documents"));
        browser.ask("q");
        assertThat(browser.text("#failure"))
                .startsWith("Something failed\nthe model failed on these documents. The logs");

        gateway.fails(new RequestException(Problem.UNAVAILABLE, "Kafka does not take the query"));
        browser.ask("q");
        assertThat(browser.text("#failure"))
                .startsWith("The gateway cannot work just now\nKafka does not take the query. Try again in a moment.");

        gateway.fails(new RequestException(Problem.TIMEOUT, "no answer came within 4 s"));
        browser.ask("q");
        assertThat(browser.text("#failure"))
                .startsWith("No answer came in time\nno answer came within 4 s. Is the job running");
        browser.assertNoComplaints("status of 500", "status of 503", "status of 504");

        gateway.answers(ANSWER);
        browser.click("#failure button");
        Browser.await("the answer").until(() -> browser.isShown("#result"));
        assertThat(browser.isShown("#failure")).isFalse();

        gateway.close();
        browser.ask("q");
        assertThat(browser.text("#failure"))
                .startsWith("The gateway cannot be reached\nNothing answers at http://127.0.0.1:");
        Browser.await("the state").until(() -> browser.text("#health").equals("no connection to the gateway"));
    }

    @Test
    void saysInWordsThatARequestIsTooLarge() {
        browser.open(gateway.address() + "#mode=rerank&query=q&documents=%5B%22a%22%5D");
        browser.script("const row = document.querySelector('#rows textarea'); row.value = 'word '.repeat(250000)");
        browser.ask();
        assertThat(browser.text("#failure"))
                .startsWith("The request is too large\n")
                .contains("Rank fewer documents at once");
        browser.assertNoComplaints("status of 413");
    }

    @Test
    void saysInWordsThatTheGatewayIsBusy() throws Exception {
        CompletableFuture<byte[]> never = new CompletableFuture<>();
        try (ScriptedGateway busy = new ScriptedGateway(null, 1)) {
            busy.job(query -> never);
            HttpRequest first = HttpRequest.newBuilder(URI.create(busy.address() + "v1/search"))
                    .POST(BodyPublishers.ofString("{\"query\":\"first\"}"))
                    .build();
            var pending = HttpClient.newHttpClient().sendAsync(first, BodyHandlers.ofString());
            Browser.await("the first query").until(() -> busy.lastQuery() != null);

            browser.open(busy.address());
            browser.ask("second");
            assertThat(browser.text("#failure"))
                    .startsWith("StreamRank is busy\n")
                    .contains("Try again in 1 second.");

            never.complete(ANSWER.getBytes(UTF_8));
            pending.join();
            browser.click("#failure button");
            Browser.await("the answer").until(() -> browser.isShown("#result"));
        }
        browser.assertNoComplaints("status of 429");
    }

    @Test
    void takesAnApiKeyForThisTabOnly() {
        try (ScriptedGateway guarded = new ScriptedGateway("the-right-key", 8)) {
            guarded.answers(ANSWER);
            browser.open(guarded.address());
            browser.ask("q");
            assertThat(browser.text("#failure")).startsWith("This gateway asks for an API key\nEnter yours");

            browser.click("#failure button");
            assertThat(browser.focus()).isEqualTo("key");
            browser.press("a-wrong-key");
            browser.ask();
            assertThat(browser.text("#failure")).contains("It does not know the one that you gave.");

            browser.type("#key", "the-right-key");
            browser.ask();
            assertThat(browser.isShown("#result")).isTrue();
            browser.click("#tab-api");
            assertThat(browser.text("#code")).contains("$STREAMRANK_API_KEY").doesNotContain("the-right-key");
            assertThat(browser.script("return location.href + JSON.stringify(localStorage) + document.cookie"))
                    .asString()
                    .doesNotContain("the-right-key");
            assertThat(browser.script("return sessionStorage.getItem('streamrank-api-key')"))
                    .isEqualTo("the-right-key");
        }
        browser.assertNoComplaints("status of 401");
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
                        ",\"duplicates\":2,\"no_text\":1,\"below_min_score\":3,\"ignored\":[\"colour\"],\"invalid_documents\":[\"documents[1]"
                                + " is null\"],\"missing_rank_fields\":[\"plot\"],"
                                + "\"missing_filter_fields\":[\"year\"],\"missing_collection\":\"films\",\"from_the_future\":7"));
        browser.ask("q");
        assertThat(browser.texts("#remarks li"))
                .containsExactly(
                        "2 documents have the same text as a candidate and were left out.",
                        "1 document has no text in the ranked fields and so no score.",
                        "3 documents were left out, below the least score.",
                        "The job did not use “colour”.",
                        "Some documents could not be read: documents[1] is null.",
                        "No candidate has the field “plot” to rank by.",
                        "No document of the collection has “year”, which the filter asks for.",
                        "The collection “films” has no document.",
                        "from the future: 7");
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
    void everythingCanBeDoneWithoutAMouse() {
        assertThat(browser.focus()).isEqualTo("query");
        browser.press("by keyboard", Keys.ENTER);
        Browser.await("the answer").until(() -> browser.isShown("#result"));

        Set<String> reached = new LinkedHashSet<>();
        for (int i = 0; i < 60 && !browser.focus().equals("panel-ranking"); i++) {
            browser.press(Keys.TAB);
            reached.add(browser.focus());
        }
        assertThat(reached)
                .containsSubsequence(
                        "ask",
                        "candidates",
                        "candidates-range",
                        "top_n",
                        "top_n-range",
                        "filter",
                        "More options",
                        "API key",
                        "share",
                        "tab-ranking",
                        "panel-ranking");
        browser.press(Keys.TAB);
        assertThat(browser.focus()).isEqualTo("cleanup.policy");
        browser.press(Keys.ENTER);
        assertThat(browser.text("#hit-1 .whole")).contains("Delete or compact.");

        browser.find("#tab-ranking").sendKeys(Keys.ARROW_RIGHT);
        assertThat(browser.focus()).isEqualTo("tab-api");
        assertThat(browser.text("#code")).contains("\"query\": \"by keyboard\"");
        browser.press(Keys.END);
        assertThat(browser.text("#json")).contains("\"relevance_score\": 0.91");

        browser.find("input[value=search]").sendKeys(Keys.ARROW_RIGHT);
        assertThat(browser.isShown("#document-1")).isTrue();
        browser.find("#document-1").sendKeys("first", Keys.ENTER);
        assertThat(browser.focus()).isEqualTo("document-2");
        browser.press("second", Keys.chord(Keys.CONTROL, Keys.ENTER));
        Browser.await("the ranking").until(() -> lastQuery().path("documents").size() == 2);
    }

    @Test
    void everyControlHasANameAndThereIsOneMainHeading() {
        assertThat(browser.script("""
            return [...document.querySelectorAll('input, select, textarea, button')]
              .filter(e => !(e.labels && e.labels.length) && !e.getAttribute('aria-label') && !e.textContent.trim())
              .map(e => e.outerHTML)\
            """))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .isEmpty();
        assertThat(browser.texts("h1")).containsExactly("StreamRank");
        assertThat(browser.script("return document.documentElement.lang")).isEqualTo("en");
        assertThat(browser.script("""
            return [...document.querySelectorAll('[aria-describedby], [aria-labelledby], [aria-controls]')]
              .flatMap(e => ['aria-describedby', 'aria-labelledby', 'aria-controls'].flatMap(a => (e.getAttribute(a) || '').split(' ')))
              .filter(id => id && !document.getElementById(id))\
            """)).isEqualTo(List.of());
    }

    @Test
    void fitsANarrowScreen() {
        String wide = "w".repeat(300);
        gateway.answers(answer(
                HIT.formatted(0, wide, "0.5", 0, "0.5", wide, wide, wide),
                "\"degraded\":true,\"degraded_reason\":\"" + wide + "\"",
                ",\"ignored\":[\"" + wide + "\"]"));
        for (int width : List.of(320, 390, 700, 900)) {
            browser.size(width, 800);
            browser.ask(wide);
            browser.click("#hit-1 .title");
            assertThat(browser.script("return document.documentElement.scrollWidth"))
                    .as("width of the page on a screen of %d", width)
                    .isEqualTo((long) width);
        }
        browser.size(390, 844);
        gateway.answers(ANSWER);
        browser.ask("keep the newest");
        browser.shoot("narrow");
        assertThat(browser.script("return document.querySelector('.answer').getBoundingClientRect().top"))
                .asInstanceOf(InstanceOfAssertFactories.type(Number.class))
                .satisfies(top -> assertThat(top.doubleValue()).isLessThan(422));
        browser.script(
                "document.querySelector('input[value=rerank]').click(); document.getElementById('example').click()");
        browser.click("#paste");
        assertThat(browser.script("return document.documentElement.scrollWidth"))
                .isEqualTo(390L);
    }

    @Test
    void isReadableByDayAndByNight() {
        gateway.answers(answer(HITS, "\"degraded\":false", ",\"duplicates\":1"));
        browser.click("#more summary");
        browser.type("#filter", "{");
        browser.find("#filter").clear();
        browser.ask("keep the newest");
        browser.click("#hit-2 .title");
        Object day = browser.script("return getComputedStyle(document.body).backgroundColor");
        assertThat(browser.script(FAINT)).isEqualTo(List.of());
        browser.shoot("day");
        browser.dark(true);
        assertThat(browser.script("return getComputedStyle(document.body).backgroundColor"))
                .isNotEqualTo(day);
        assertThat(browser.script(FAINT)).isEqualTo(List.of());
        browser.shoot("night");

        gateway.fails(new RequestException(Problem.UNAVAILABLE, "Kafka does not take the query"));
        browser.ask("q");
        assertThat(browser.script(FAINT)).isEqualTo(List.of());
    }

    /** Returns the texts whose contrast with what is behind them is less than 4.5, as WCAG's level AA asks for. */
    private static final String FAINT = """
        const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
        const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
          .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
          .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
        const behind = (e) => {
          const colour = numbers(getComputedStyle(e).backgroundColor);
          return colour.length === 3 || colour[3] === 1 ? colour : e.parentElement ? behind(e.parentElement) : [255, 255, 255];
        };
        return [...document.querySelectorAll('body *')]
          .filter(e => e.checkVisibility() && !e.closest('.hidden, [inert]') && !e.disabled
            && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
          .map(e => {
            const [a, b] = [light(numbers(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
            return [(a + 0.05) / (b + 0.05), e];
          })
          .filter(([contrast]) => contrast < 4.5)
          .map(([contrast, e]) => contrast.toFixed(2) + ' ' + e.outerHTML.slice(0, 80))\
        """;

    @Test
    void linksToTheReferenceOfTheApi() {
        assertThat(browser.find("#docs-link").getDomProperty("href")).isEqualTo(gateway.address() + "docs");
    }

    private JsonNode lastQuery() {
        return Objects.requireNonNull(gateway.lastQuery());
    }
}
