// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.remote.RemoteWebDriver;

/**
 * Drives the Chromium of this machine, without a window. It downloads nothing: where Debian's packages chromium and
 * chromium-driver are missing, the tests are skipped.
 */
public final class Browser implements AutoCloseable {
    private static final Path CHROMIUM = Path.of(System.getProperty("streamrank.chromium", "/usr/bin/chromium"));
    private static final Path DRIVER = Path.of(System.getProperty("streamrank.chromedriver", "/usr/bin/chromedriver"));
    private static final Path SHOTS = Path.of("target", "screenshots");

    /** Only a hanging test gets here. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final ChromeDriverService service;
    private final RemoteWebDriver driver;

    private Browser(ChromeDriverService service, RemoteWebDriver driver) {
        this.service = service;
        this.driver = driver;
    }

    /** Starts it, or skips the test and says why. */
    public static Browser start() {
        for (Path program : List.of(CHROMIUM, DRIVER)) {
            assumeTrue(
                    Files.isExecutable(program),
                    program + " is missing, so the page is not tested: apt-get install chromium chromium-driver");
        }
        Logger.getLogger("org.openqa.selenium").setLevel(Level.SEVERE); // it misses a library that is not used
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox", // CI runs as root
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--window-size=1400,900",
                "--hide-scrollbars");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER.toFile())
                .usingAnyFreePort()
                .build();
        try {
            service.start();
            return new Browser(service, new RemoteWebDriver(service.getUrl(), options));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Loads a page afresh, also if only its hash differs, and waits until its scripts have run. */
    public void open(String address) {
        driver.get("about:blank");
        driver.get(address);
        await("the page at " + address).until(() -> !text("#health").isEmpty());
    }

    public WebElement find(String selector) {
        return driver.findElement(By.cssSelector(selector));
    }

    /** Returns what a reader sees of an element: nothing if it is hidden. */
    public String text(String selector) {
        return find(selector).getText();
    }

    /** Returns the texts of all that match and are shown. */
    public List<String> texts(String selector) {
        return driver.findElements(By.cssSelector(selector)).stream()
                .map(WebElement::getText)
                .toList();
    }

    public String value(String selector) {
        return String.valueOf(find(selector).getDomProperty("value"));
    }

    public boolean isShown(String selector) {
        return find(selector).isDisplayed();
    }

    /** Writes into a field in place of what is in it. */
    public void type(String selector, String text) {
        WebElement field = find(selector);
        field.clear();
        field.sendKeys(text);
    }

    public void click(String selector) {
        WebElement element = find(selector);
        script("arguments[0].scrollIntoView({block: 'center'})", element);
        element.click();
    }

    /** Presses keys at whatever has the focus. */
    public void press(CharSequence... keys) {
        driver.switchTo().activeElement().sendKeys(keys);
    }

    /** Returns the id of what has the focus, or its visible name if it has none. */
    public String focus() {
        return String.valueOf(
                script("const e = document.activeElement; return e.id || e.value || e.textContent.trim()"));
    }

    /** Asks a question by keyboard, and waits until something came of it. */
    public void ask(String question) {
        type("#query", question);
        find("#query").sendKeys(Keys.ENTER);
        await("the end of asking " + question)
                .until(() -> "Ask".equals(text("#ask")) && (isShown("#result") || isShown("#failure")));
    }

    /** Asks again what the form holds. */
    public void ask() {
        click("#ask");
        await("the end of asking").until(() -> "Ask".equals(text("#ask")) && (isShown("#result") || isShown("#failure")));
    }

    public static ConditionFactory await(String what) {
        return Awaitility.await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(50));
    }

    public Object script(String code, Object... arguments) {
        return driver.executeScript(code, arguments);
    }

    public void size(int width, int height) {
        emulate(
                "setDeviceMetricsOverride",
                "{\"width\":%d,\"height\":%d,\"deviceScaleFactor\":1,\"mobile\":false}".formatted(width, height));
    }

    public void dark(boolean on) {
        emulate(
                "setEmulatedMedia",
                "{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"%s\"}]}".formatted(on ? "dark" : "light"));
    }

    /** Sends what WebDriver has no word for. Selenium's own class for it wants the library that downloads browsers. */
    private void emulate(String what, String parameters) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(service.getUrl() + "/session/" + driver.getSessionId() + "/goog/cdp/execute"))
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"cmd\":\"Emulation.%s\",\"params\":%s}".formatted(what, parameters)))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .sendAsync(request, HttpResponse.BodyHandlers.ofString())
                        .join()
                        .statusCode())
                .isEqualTo(200);
    }

    /** Writes what is seen to a file of the module's target. */
    public void shoot(String name) {
        try {
            Files.createDirectories(SHOTS);
            Files.write(SHOTS.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns what the browser complained about since the last call, such as violations of the policy and failed requests. */
    public List<String> complaints() {
        List<String> lines = new ArrayList<>();
        driver.manage().logs().get(LogType.BROWSER).forEach(entry -> lines.add(entry.getMessage()));
        return lines;
    }

    /** Fails on each complaint except those that contain one of the expected texts. */
    public void assertNoComplaints(String... expected) {
        assertThat(complaints()).allMatch(line -> List.of(expected).stream().anyMatch(line::contains));
    }

    @Override
    public void close() {
        driver.quit();
        service.stop();
    }
}
