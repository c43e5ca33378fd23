// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.gateway.query.Problem;
import io.streamrank.gateway.query.RequestException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Holds what the page says if there is no answer. */
class PageFailureTest extends PageFixture {
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
}
