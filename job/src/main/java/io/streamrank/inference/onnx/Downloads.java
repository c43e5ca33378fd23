// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches from the hub: goes on where a connection broke, tries again when the hub is busy, follows redirects without
 * taking the token along to other hosts, and moves a file to its name only when its size and hash are right.
 */
final class Downloads {
    private static final Logger LOG = LoggerFactory.getLogger(Downloads.class);
    private static final int REDIRECTS = 10;
    private static final Duration CONNECT = Duration.ofSeconds(20);

    private final Hub hub;
    private final Duration timeout;
    private final Retries retries;
    private final HttpClient client;

    /** @param timeout for one file, all attempts together */
    Downloads(Hub hub, Duration timeout, Retries retries) {
        this.hub = hub;
        this.timeout = timeout;
        this.retries = retries;
        this.client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT)
                .build();
    }

    String text(URI address) throws IOException {
        return retries.run(timeout, () -> {
            try (InputStream body = open(address, 0).body()) {
                return new String(body.readAllBytes(), StandardCharsets.UTF_8);
            }
        });
    }

    /** Nothing is done where the target is there already. */
    void fetch(URI address, HubFile file, Path target) throws IOException {
        if (Files.isRegularFile(target)) {
            return;
        }
        Files.createDirectories(target.getParent());
        Path partial = target.resolveSibling(target.getFileName() + ".part");
        LOG.info("Fetching {} ({} bytes)", address, file.size());
        retries.run(timeout, () -> {
            append(address, file, partial);
            check(address, file, partial);
            return partial;
        });
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    }

    private void append(URI address, HubFile file, Path partial) throws IOException {
        long there = Files.isRegularFile(partial) ? Files.size(partial) : 0;
        if (there > 0 && there >= file.size()) {
            return; // whole, or of no use: the check will tell
        }
        HttpResponse<InputStream> response = open(address, there);
        boolean goesOn = response.statusCode() == 206;
        StandardOpenOption how = goesOn ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING;
        try (InputStream body = response.body();
                OutputStream out =
                        Files.newOutputStream(partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE, how)) {
            body.transferTo(out);
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
            throw new HubException(address + " is damaged: " + difference + "; nothing of it was kept.", false);
        }
    }

    /** An answer that has a body to read: 200, or 206 where it starts at the offset. */
    private HttpResponse<InputStream> open(URI address, long offset) throws IOException {
        URI next = address;
        for (int redirect = 0; redirect < REDIRECTS; redirect++) {
            HttpResponse<InputStream> response = send(next, offset);
            int status = response.statusCode();
            if (status == 200 || status == 206) {
                return response;
            }
            response.body().close();
            if (status < 300 || status >= 400) {
                throw refusal(address, response);
            }
            URI here = next;
            next = response.headers()
                    .firstValue("Location")
                    .map(here::resolve)
                    .orElseThrow(() -> new HubException(here + " redirects to nowhere.", true));
        }
        throw new HubException(address + " redirects more than " + REDIRECTS + " times.", true);
    }

    private HttpResponse<InputStream> send(URI address, long offset) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address).timeout(timeout).header("User-Agent", "streamrank");
        if (hub.token() != null && hub.trusts(address)) {
            request.header("Authorization", "Bearer " + hub.token());
        }
        if (offset > 0) {
            request.header("Range", "bytes=" + offset + "-");
        }
        try {
            return client.send(request.build(), BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HubException("the download was interrupted.", true);
        } catch (IOException e) {
            String why = Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
            throw new HubException(
                    address.getHost() + " cannot be reached (" + why + "); check the network and HF_ENDPOINT.", false);
        }
    }

    private HubException refusal(URI address, HttpResponse<?> response) {
        int status = response.statusCode();
        return switch (status) {
            case 401, 403 ->
                new HubException(
                        address + " is gated or private (status " + status
                                + "): accept its terms on the hub, then set HF_TOKEN"
                                + (hub.token() == null ? "." : " to a token that may read it."),
                        true);
            case 404 ->
                new HubException(address + " does not exist (status 404); check name, revision and file.", true);
            case 429, 500, 502, 503, 504 ->
                new HubException(
                        address + " answered with status " + status + "; try later.",
                        false,
                        Retries.retryAfter(response.headers()));
            default -> new HubException(address + " answered with status " + status + ".", true);
        };
    }
}
