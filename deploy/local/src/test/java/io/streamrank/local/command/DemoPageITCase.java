// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamrank.page.Browser;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./streamrank demo --web} with tiny models, used in a real browser. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemoPageITCase {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ADDRESS = Pattern.compile("The page is at (http://\\S+) until Ctrl-C");

    private static final String EVIL = "<img src=x onerror='window.pwned=1'> <script>window.pwned=2</script> shark";

    private static final String DOCUMENTS = """
        [{"id":"jaws","title":"Jaws","text":"A great white shark bites","year":1975},
         {"id":"heat","title":"Heat","text":"Cops chase robbers","year":1995},
         {"id":"evil","title":"%s","text":"%s","genre":"%s"},
         {"id":"up","title":"Up","text":"A house flies with balloons","year":2009}]
        """.formatted(EVIL, EVIL, EVIL);

    /** What a shell, Python, Java or JSON might stumble over. */
    private static final String HARD = "who's \"O\\'Neil\" $HOME `id` \\u0041 \"\"\" %s 🙂 shark";

    private Path directory;
    private Browser browser;
    private Launched demo;
    private String address = "";

    @BeforeAll
    void startTheDemoAndTheBrowser(@TempDir Path temporary) throws Exception {
        directory = temporary;
        browser = Browser.start();
        Path documents = Files.writeString(directory.resolve("documents.json"), DOCUMENTS);
        demo = Launched.start(Launched.withTinyModels(
                "demo", "--web", "--web-port", "0", "--port", "0", "--documents", documents.toString()));
        Browser.await("the last line").until(() -> demo.out().contains("refused records to ") || demo.exitCode() >= 0);
        Matcher found = ADDRESS.matcher(demo.out());
        assertThat(found.find()).as(demo.err()).isTrue();
        address = found.group(1) + "/";
        assertThat(demo.out()).contains("curl " + found.group(1) + "/v2/rerank").contains("Kafka is at ");
    }

    @AfterAll
    void ctrlCStopsTheGatewayToo() throws Exception {
        if (browser != null) {
            browser.close();
        }
        if (demo != null) {
            assertThat(demo.stop().exitCode()).isEqualTo(130);
            HttpRequest health = HttpRequest.newBuilder(URI.create(address)).build();
            assertThatThrownBy(() -> HttpClient.newHttpClient().send(health, BodyHandlers.discarding()))
                    .isInstanceOf(ConnectException.class);
        }
    }

    @BeforeEach
    void openThePage() {
        browser.size(1400, 900);
        browser.open(address);
        browser.complaints();
    }

    @Test
    void searchesTheCorpusAndShowsForeignTextAsText() {
        browser.ask("a shark bites");

        assertThat(browser.texts(".ranked .title")).hasSize(4).contains("Jaws", "Heat", "Up", EVIL);
        assertThat(browser.texts(".retrieved .title")).containsExactlyInAnyOrder("Jaws", "Heat", "Up", EVIL);
        assertThat(browser.texts(".ranked .move > [aria-hidden]"))
                .hasSize(4)
                .allMatch(move -> move.matches("=|[↑↓]\\d"));
        assertThat(browser.text("#times")).contains("rerank", "total", "4 pairs");
        for (int place = 1; place <= 4; place++) {
            browser.click("#hit-" + place + " .title");
        }
        assertThat(browser.texts(".whole dd")).contains(EVIL);
        assertThat(browser.script("return document.querySelectorAll('.answer img, .answer script').length"))
                .isEqualTo(0L);
        browser.click("#tab-api");
        browser.click("#tab-json");
        assertThat(browser.text("#json")).contains("window.pwned=2");
        assertThat(browser.script("return window.pwned === undefined")).isEqualTo(true);
        browser.assertNoComplaints();
    }

    @Test
    void filtersAndSaysWhatMatchesNothing() {
        browser.type("#filter", "{\"year\":{\"gte\":2000}}");
        browser.ask("a house");
        assertThat(browser.texts(".ranked .title")).containsExactly("Up");

        browser.type("#filter", "{\"decade\":1990}");
        browser.ask("a house");
        assertThat(browser.text("#lists")).isEqualTo("No document matches\nNo document matches the filter.");
        assertThat(browser.texts("#remarks li"))
                .containsExactly("No document of the collection has “decade”, which the filter asks for.");
        browser.assertNoComplaints();
    }

    @Test
    void reranksPastedRows() {
        browser.click("input[value=rerank]");
        rerank("[\"The shark bit.\", {\"id\":\"d7\",\"text\":\"" + EVIL + "\"}]", 2);
        assertThat(browser.texts(".retrieved .title")).containsExactly("The shark bit.", EVIL);
        rerank("title,text\nJaws,\"A shark, it bites\"\nUp,A house\nHeat,Cops\n", 3);
        assertThat(browser.texts(".retrieved .title")).containsExactly("Jaws", "Up", "Heat");
        rerank("One line.\nAnother line.\nA third.\nA fourth.", 4);
        assertThat(browser.text("#times")).contains("4 pairs");
        assertThat(browser.script("return window.pwned === undefined")).isEqualTo(true);
        browser.assertNoComplaints();
    }

    private void rerank(String pasted, int count) {
        browser.click("#paste");
        browser.type("#paste-text", pasted);
        browser.click("#paste-replace");
        browser.ask("who bites?");
        assertThat(browser.texts(".ranked .title")).hasSize(count);
        assertThat(browser.texts(".ranked .score")).hasSize(count).allMatch(score -> score.matches("[01]\\.\\d{3}"));
    }

    @Test
    void theCodeOfTheFormWorksAndGivesWhatThePageShows() throws Exception {
        browser.script("document.getElementById('query').value = arguments[0]", HARD);
        browser.type("#top_n", "2");
        browser.type("#filter", "{\"not\": {\"title\": \"it's \\\\ \\\"null\\\" true\"}}");
        browser.ask();
        List<String> shown = ids(JSON.readTree(browserJson()));
        browser.click("#tab-api");
        JsonNode curl = JSON.readTree(bash(code("curl")));
        assertThat(curl.path("query").asText()).isEqualTo(HARD);
        assertThat(ids(curl)).hasSize(2).isEqualTo(shown.subList(0, 2));
        assertThat(bash("python3 - <<'END'\n" + code("python") + "\nEND").lines())
                .hasSize(2);
        Path source = Files.writeString(directory.resolve("Ask.java"), code("java"));
        JsonNode java = JSON.readTree(bash(javaCommand() + " " + source));
        assertThat(ids(java)).isEqualTo(ids(curl));
        assertThat(java.path("query").asText()).isEqualTo(HARD);
    }

    @Test
    void theCodeForCoheresClientsWorksToo() throws Exception {
        browser.open(address
                + "#mode=rerank&query=who+sank%3F&top_n=1&documents=%5B%22The+shark+bit.%22%2C%22It%27s+sunk.%22%5D");
        browser.click("#tab-api");
        browser.click("input[value=cohere]");
        String code = code("curl");
        assertThat(code).contains("/v2/rerank");
        JsonNode answer = JSON.readTree(bash(code));
        assertThat(answer.path("results")).hasSize(1);
        assertThat(answer.at("/results/0/relevance_score").isNumber()).isTrue();
    }

    @Test
    void theReferenceIsThere() throws Exception {
        HttpRequest docs = HttpRequest.newBuilder(
                        URI.create(String.valueOf(browser.find("#docs-link").getDomProperty("href"))))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(docs, BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    private String code(String language) {
        browser.click("input[value=" + language + "]");
        return String.valueOf(browser.script("return document.getElementById('code').textContent"));
    }

    private String browserJson() {
        return String.valueOf(browser.script("return document.getElementById('json').textContent"));
    }

    private static List<String> ids(JsonNode answer) {
        List<String> ids = new ArrayList<>();
        answer.path("results").forEach(hit -> ids.add(hit.path("id").asText()));
        return ids;
    }

    private static String javaCommand() {
        return "'" + Path.of(System.getProperty("java.home"), "bin", "java")
                + "' -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 -XX:TieredStopAtLevel=1";
    }

    /** Runs a script and returns what it prints. */
    private static String bash(String script) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", script);
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process = builder.start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }
}
