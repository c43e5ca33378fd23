// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Downloads from the hub. It resumes where a connection broke, retries when the hub is busy, follows redirects without
 * sending the token to other hosts, and moves a file to its name only when its size and checksum are right.
 */
final class HubDownloader {
    private static final Logger LOG = LoggerFactory.getLogger(HubDownloader.class);
    private static final int REDIRECTS = 10;
    private static final Duration CONNECT = Duration.ofSeconds(20);

    private final HubSettings hub;
    private final Duration timeout;
    private final RetryPolicy retries;
    private final HttpClient client;

    /** @param timeout for one file, all attempts together */
    HubDownloader(HubSettings hub, Duration timeout, RetryPolicy retries) {
        this.hub = hub;
        this.timeout = timeout;
        this.retries = retries;
        this.client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT)
                .build();
    }

    /** Downloads a text. */
    String text(URI address) throws IOException {
        return retries.run(
                timeout,
                () -> get(address, 0, info -> BodySubscribers.ofString(StandardCharsets.UTF_8), "")
                        .body());
    }

    /** Downloads a file, unless the target exists and is undamaged. */
    void fetch(URI address, HubFile file, Path target) throws IOException {
        if (Files.isRegularFile(target)) {
            String difference = file.difference(target);
            if (difference == null) {
                return;
            }
            LOG.warn("{} is damaged: {}; it is fetched again", target, difference);
        }
        Files.createDirectories(target.getParent());
        Path partial = target.resolveSibling(target.getFileName() + ".part");
        LOG.info("Fetching {} ({} bytes)", address, file.size());
        Path whole = retries.run(timeout, () -> {
            resume(address, file, partial);
            check(address, file, partial);
            return partial;
        });
        Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE);
        LOG.info("Fetched {}", target);
    }

    private void resume(URI address, HubFile file, Path partial) throws IOException {
        // Where the size is unknown, nothing tells whether a partial file is whole, so it is downloaded from the
        // beginning.
        long offset = file.size() >= 0 && Files.isRegularFile(partial) ? Files.size(partial) : 0;
        if (offset == 0 || offset < file.size()) {
            HttpResponse<Path> response = get(
                    address,
                    offset,
                    info -> BodySubscribers.ofFile(
                            partial,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            info.statusCode() == 206
                                    ? StandardOpenOption.APPEND
                                    : StandardOpenOption.TRUNCATE_EXISTING),
                    partial);
            LOG.debug("{} continues at byte {} with status {}", address, offset, response.statusCode());
        }
    }

    private static void check(URI address, HubFile file, Path partial) throws IOException {
        long found = Files.size(partial);
        if (found < file.size()) {
            throw new HubException(address + " broke off after " + found + " of " + file.size() + " bytes.", false);
        }
        String difference = file.difference(partial);
        if (difference != null) {
            Files.delete(partial);
            throw new HubException(address + " is damaged: " + difference + "; no part of it was kept.", false);
        }
    }

    /** Returns a response with a body: 200, or 206 where it starts at the offset. Follows redirects. */
    private <T> HttpResponse<T> get(URI address, long offset, BodyHandler<T> body, T none) throws IOException {
        BodyHandler<T> handler = info -> isSuccess(info.statusCode())
                ? body.apply(info)
                : BodySubscribers.mapping(BodySubscribers.discarding(), nothing -> none);
        URI next = address;
        for (int redirect = 0; redirect < REDIRECTS; redirect++) {
            HttpResponse<T> response = send(next, offset, handler);
            int status = response.statusCode();
            if (isSuccess(status)) {
                return response;
            }
            if (status < 300 || status >= 400) {
                throw refusal(address, response);
            }
            URI here = next;
            next = response.headers()
                    .firstValue("Location")
                    .map(here::resolve)
                    .orElseThrow(() -> new HubException(shown(here) + " redirects to nowhere.", true));
        }
        throw new HubException(shown(address) + " redirects more than " + REDIRECTS + " times.", true);
    }

    private <T> HttpResponse<T> send(URI address, long offset, BodyHandler<T> handler) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address).header("User-Agent", "streamrank");
        if (hub.token() != null && hub.trusts(address)) {
            request.header("Authorization", "Bearer " + hub.token());
        }
        if (offset > 0) {
            request.header("Range", "bytes=" + offset + "-");
        }
        // Asynchronous, because the client's own timeout ends with the headers, and a body can stall.
        CompletableFuture<HttpResponse<T>> response = client.sendAsync(request.build(), handler);
        try {
            return response.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HubException("the download was interrupted.", true);
        } catch (TimeoutException e) {
            throw new HubException(
                    shown(address) + " took longer than " + timeout + "; allow more time for downloads.", true);
        } catch (ExecutionException e) {
            throw broken(address, Objects.requireNonNullElse(e.getCause(), e));
        } finally {
            response.cancel(true);
        }
    }

    /** Returns an address as messages show it: the hub redirects to others, whose parameters are a signature. */
    private static String shown(URI address) {
        String text = address.toString();
        int parameters = text.indexOf('?');
        return parameters < 0 ? text : text.substring(0, parameters);
    }

    private static boolean isSuccess(int status) {
        return status == 200 || status == 206;
    }

    private static IOException broken(URI address, Throwable failure) {
        String why = Objects.requireNonNullElse(
                failure.getMessage(), failure.getClass().getSimpleName());
        if (failure instanceof FileSystemException || why.contains("No space left")) {
            return new FileSystemException(null, null, why);
        }
        return new HubException(
                "the connection to " + address.getHost() + " failed (" + why + "); check the network and HF_ENDPOINT.",
                false);
    }

    private HubException refusal(URI address, HttpResponse<?> response) {
        int status = response.statusCode();
        return switch (status) {
            case 401, 403 ->
                new HubException(
                        shown(address) + " is gated, private or not there (status " + status
                                + "): check its name, accept its terms on the hub, and set HF_TOKEN"
                                + (hub.token() == null ? "." : " to a token that may read it."),
                        true);
            case 404 ->
                new HubException(shown(address) + " does not exist (status 404); check name, revision and file.", true);
            case 408, 429, 500, 502, 503, 504 ->
                new HubException(
                        shown(address) + " answered with status " + status + "; try later.",
                        false,
                        RetryPolicy.retryAfter(response.headers()));
            default -> new HubException(shown(address) + " answered with status " + status + ".", true);
        };
    }
}
