// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.awaitility.Awaitility;

/**
 * Asks gateways to rank, each client one request after the other. Every second client goes away before it has its answer. The
 * others come again when they are told to, as the clients of such APIs do.
 */
public final class GatewayClients {
    /** What an honest gateway may say when it has no scores. */
    private static final Set<Integer> EXPLAINED = Set.of(200, 429, 500, 503, 504);

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    /** Two cores do the work of clients, gateway, job and broker: with more requests, each thread of them waits for a core. */
    private static final Duration PAUSE = Duration.ofMillis(500);
    /** Between the first requests of two clients. A load balancer gives a new replica its load slowly, too: its code is still cold. */
    private static final Duration STAGGER = Duration.ofMillis(100);

    private final List<URI> gateways;
    private final HttpClient http = client();
    /** For those who go away: a cancelled request can break the connection that it had, although another has it by then. */
    private final HttpClient leaving = client();

    private final List<Thread> threads = new ArrayList<>();
    private final Map<Integer, LongAdder> statuses = new ConcurrentSkipListMap<>();
    private final Queue<String> unexplained = new ConcurrentLinkedQueue<>();
    private final long bornNs = System.nanoTime();
    private final AtomicReference<Slow> slowest = new AtomicReference<>(new Slow(0, 0, "none"));
    private final LongAdder abandoned = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private volatile URI leaver = URI.create("http://none");
    private volatile boolean stopped;

    public GatewayClients(List<URI> gateways) {
        this.gateways = new CopyOnWriteArrayList<>(gateways);
    }

    private static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .build();
    }

    /** Waits until each gateway that is there gives scores. */
    public void awaitAnswers() {
        Awaitility.await("answers")
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .untilAsserted(() -> {
                    for (URI gateway : gateways) {
                        HttpResponse<String> response = http.send(request(gateway, 0), BodyHandlers.ofString());
                        assertThat(response.statusCode())
                                .as("%s says %s", gateway, response.body())
                                .isEqualTo(200);
                    }
                });
    }

    public void start(int clients) {
        for (int i = 0; i < clients; i++) {
            int client = i;
            Thread thread = new Thread(() -> run(client), "client-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** Announces that a gateway will be gone: connections to it may break from now on, and nobody asks it any more. */
    public void leaves(URI gateway) {
        leaver = gateway;
        gateways.remove(gateway);
    }

    private void run(int client) {
        Random random = new Random(client);
        try {
            TimeUnit.MILLISECONDS.sleep(client * STAGGER.toMillis());
            while (!stopped) {
                URI gateway = gateways.get(client % gateways.size());
                Duration pause = PAUSE;
                if (client % 2 == 0) {
                    pause = ask(gateway, client);
                } else {
                    abandon(gateway, client, 1 + random.nextInt(40));
                }
                TimeUnit.MILLISECONDS.sleep(pause.toMillis());
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    /** Holds how long a request took, when it began, and how it ended. */
    private record Slow(long tookNs, long beganNs, String end) {}

    /** Returns how long to wait before the next request. */
    private Duration ask(URI gateway, int client) throws InterruptedException {
        long startNs = System.nanoTime();
        Duration pause = PAUSE;
        String end;
        try {
            HttpResponse<String> response = http.send(request(gateway, client), BodyHandlers.ofString());
            pause = response.headers()
                    .firstValue("Retry-After")
                    .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                    .orElse(PAUSE);
            end = response.statusCode() == 200 ? "200" : response.statusCode() + " " + response.body();
            statuses.computeIfAbsent(response.statusCode(), status -> new LongAdder())
                    .increment();
            if (!EXPLAINED.contains(response.statusCode())
                    || (response.statusCode() == 200) != response.body().contains("\"results\":[{")) {
                unexplained.add(response.statusCode() + " " + response.body());
            }
        } catch (IOException broken) {
            end = broken.toString();
            if (gateway.equals(leaver)) {
                refused.increment();
            } else {
                unexplained.add(gateway + ": " + broken);
            }
        }
        Slow slow = new Slow(System.nanoTime() - startNs, startNs - bornNs, end);
        slowest.accumulateAndGet(slow, (one, other) -> one.tookNs() >= other.tookNs() ? one : other);
        return pause;
    }

    private void abandon(URI gateway, int client, int afterMs) throws InterruptedException {
        CompletableFuture<HttpResponse<String>> answer =
                leaving.sendAsync(request(gateway, client), BodyHandlers.ofString());
        try {
            answer.get(afterMs, TimeUnit.MILLISECONDS);
        } catch (TimeoutException enough) {
            answer.cancel(true); // closes the connection
            abandoned.increment();
        } catch (ExecutionException broken) {
            refused.increment();
        }
    }

    private static HttpRequest request(URI gateway, int client) {
        // Each text is new, or the job would know its score.
        String body = "{\"query\":\"ship %d\",\"documents\":[\"the ship sank %d\",\"a shark bit\"],\"timeout\":%d}"
                .formatted(client, ThreadLocalRandom.current().nextInt(), TIMEOUT.toSeconds());
        return HttpRequest.newBuilder(gateway.resolve("/v2/rerank"))
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    public void stop() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join(Duration.ofMinutes(1).toMillis());
            if (thread.isAlive()) {
                unexplained.add(thread.getName() + " still waits");
            }
        }
    }

    /** Returns a number of a gateway's metrics. */
    public double metric(URI gateway, String name) throws IOException, InterruptedException {
        String text = http.send(
                        HttpRequest.newBuilder(gateway.resolve("/metrics")).build(), BodyHandlers.ofString())
                .body();
        return text.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    public Duration timeout() {
        return TIMEOUT;
    }

    public Duration slowest() {
        return Duration.ofNanos(slowest.get().tookNs());
    }

    public List<String> unexplained() {
        return List.copyOf(unexplained);
    }

    public long answered() {
        return statuses.getOrDefault(200, new LongAdder()).sum();
    }

    public long abandoned() {
        return abandoned.sum();
    }

    public String summary() {
        return "gateway under load: %d clients, statuses %s, %d abandoned, %d on connections to the replica that was killed, slowest %d ms (began after %.1f s: %s)"
                .formatted(
                        threads.size(),
                        statuses,
                        abandoned.sum(),
                        refused.sum(),
                        slowest().toMillis(),
                        slowest.get().beganNs() / 1e9,
                        slowest.get().end());
    }
}
