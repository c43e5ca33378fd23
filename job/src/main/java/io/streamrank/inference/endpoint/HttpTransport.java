// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.workers.SharedModels;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends HTTP requests without blocking: one JDK client, few threads and one timer for all endpoints of a JVM. Thread-safe.
 *
 * <p>The threads are daemons and have no context class loader, and the last user drops all references: the client's own thread
 * then ends by itself, and nothing keeps a job's classes. Redirects are not followed, as they would take the key elsewhere.
 */
final class HttpTransport implements SharedModels.Loaded {
    /** Larger than the vectors of any batch. */
    static final long LARGEST_ANSWER = 64L << 20;

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final int THREADS = 4;
    private static final SharedModels<HttpTransport> SHARED = new SharedModels<>();

    private final long largestAnswer;
    private final ThreadPoolExecutor executor;
    private final ScheduledThreadPoolExecutor timer;
    private volatile @Nullable HttpClient client;

    HttpTransport(long largestAnswer, EnvironmentProxies proxies) {
        this.largestAnswer = largestAnswer;
        executor = new ThreadPoolExecutor(
                THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named("streamrank-http"));
        executor.allowCoreThreadTimeOut(true);
        timer = new ScheduledThreadPoolExecutor(1, named("streamrank-http-timer"));
        timer.setRemoveOnCancelPolicy(true);
        client = withoutContextClassLoader(() -> HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(proxies)
                .executor(executor)
                .build());
    }

    /** Returns the transport that all endpoints of this JVM share. */
    static SharedModels.Use<HttpTransport> share() throws ModelException {
        return SHARED.open("", () -> new HttpTransport(LARGEST_ANSWER, new EnvironmentProxies(System.getenv())));
    }

    /**
     * Returns a request; HTTP/2 only over TLS, as servers without it answer an upgrade in their own ways.
     *
     * @param key empty for none
     */
    static HttpRequest.Builder request(URI address, String key) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .version("https".equals(address.getScheme()) ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                .header("User-Agent", "streamrank")
                .header("Accept", "application/json");
        return key.isEmpty() ? request : request.header("Authorization", "Bearer " + key);
    }

    /**
     * Sends a request.
     *
     * @param timeout to the end of the body, at which the connection is given up; the JDK's own timeout ends with the headers
     * @return fails with {@link TimeoutException} or what the client met; the caller may cancel it
     */
    CompletableFuture<HttpResponse<byte[]>> send(HttpRequest request, Duration timeout) {
        HttpClient open = client;
        if (open == null) {
            return CompletableFuture.failedFuture(new RejectedExecutionException("the transport is closed"));
        }
        CompletableFuture<HttpResponse<byte[]>> exchange;
        try {
            exchange = open.sendAsync(request, info -> new LimitedBody(largestAnswer));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        CompletableFuture<HttpResponse<byte[]>> answer = new CompletableFuture<>();
        Runnable stop = after(timeout.toNanos(), () -> answer.completeExceptionally(new TimeoutException()));
        CompletableFuture<?> unused = exchange.whenComplete((response, failure) -> {
            if (failure == null) {
                answer.complete(response);
            } else {
                answer.completeExceptionally(failure);
            }
        });
        CompletableFuture<?> unusedTimeout = answer.whenComplete((response, failure) -> {
            stop.run();
            exchange.cancel(true); // closes the connection where the answer is not there yet
        });
        return answer;
    }

    /** Runs the task after some time, on the timer's thread; the result takes it back. */
    Runnable after(long nanos, Runnable task) {
        try {
            ScheduledFuture<?> later = timer.schedule(task, Math.max(0, nanos), TimeUnit.NANOSECONDS);
            return () -> later.cancel(false);
        } catch (RejectedExecutionException closed) {
            return () -> {};
        }
    }

    @Override
    public void close() {
        client = null;
        timer.shutdownNow();
        // Not the executor: the client may still have something to finish. Its threads end when they are idle.
    }

    private static ThreadFactory named(String name) {
        return task -> {
            Thread thread = new Thread(null, task, name, 0, false);
            thread.setDaemon(true);
            thread.setContextClassLoader(null);
            return thread;
        };
    }

    private static HttpClient withoutContextClassLoader(Supplier<HttpClient> built) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try {
            thread.setContextClassLoader(null);
            return built.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
