// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.gateway.query.Problem;
import io.streamrank.gateway.query.RequestException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** Holds that the page can be used by keyboard, by ear, on a narrow screen, and by day and night. */
class PageAccessibilityTest extends PageFixture {
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
}
