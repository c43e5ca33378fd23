// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.page;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Opens the page in a browser, in front of a gateway whose answers the test gives. */
abstract class PageFixture {
    static final String HIT = """
        {"index":%d,"id":"%s","relevance_score":%s,"retrieval":{"rank":%d,"score":%s},
         "document":{"id":"%s","title":"%s","text":"%s","metadata":{"system":"kafka","since":2.0}}}\
        """;

    /** The third of retrieval is the first in the end. */
    static final String HITS = String.join(
            ",",
            HIT.formatted(2, "c", "0.91", 2, "0.60", "c", "cleanup.policy", "Delete or compact."),
            HIT.formatted(0, "a", "0.30", 0, "0.64", "a", "retries", "How often a send is tried again."),
            HIT.formatted(1, "b", "0.02", 1, "0.62", "b", "env.log.max", "How many log files are kept."));

    private static final String COSTS = """
        "usage":{"pairs":3,"tokens":61,"truncated":0%s},
        "timing_ms":{"queue":1,"embed":4,"retrieve":2,"rerank":14,"total":21}\
        """;

    static final String ANSWER = answer(HITS, "\"degraded\":false", "");

    static Browser browser;

    final ScriptedGateway gateway = new ScriptedGateway(null, 8);

    static String answer(String hits, String state, String remarks) {
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

    JsonNode lastQuery() {
        return Objects.requireNonNull(gateway.lastQuery());
    }
}
