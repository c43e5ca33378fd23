// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Behaves as the Hugging Face hub does, with a content server at another port that large files are redirected to, and
 * misbehaves when told to. Holds one repository, {@code acme/model}.
 */
final class FakeHub implements AutoCloseable {
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    final Map<String, byte[]> files = new ConcurrentHashMap<>();
    /** One line a request: server, path, range, whether a token came along. */
    final List<String> requests = new CopyOnWriteArrayList<>();
    /** Statuses to answer with before all goes well. */
    final ConcurrentLinkedDeque<Integer> refusals = new ConcurrentLinkedDeque<>();
    /** After this many bytes the next body breaks off; negative for never. */
    volatile int breakAfter = -1;

    volatile String requiredToken = "";
    volatile boolean lies;

    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final HttpServer hub;
    private final HttpServer content;

    FakeHub() throws IOException {
        hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        content = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hub.createContext("/api/models/", exchange -> serve("hub", exchange, this::list));
        hub.createContext("/acme/model/resolve/", exchange -> serve("hub", exchange, this::resolve));
        content.createContext("/", exchange -> serve("content", exchange, this::content));
        for (HttpServer server : List.of(hub, content)) {
            server.setExecutor(threads);
            server.start();
        }
    }

    HubSettings hub(String token, boolean offline) {
        return new HubSettings(URI.create("http://localhost:" + hub.getAddress().getPort()), token, offline);
    }

    void put(String path, String text) {
        files.put(path, text.getBytes(StandardCharsets.UTF_8));
    }

    long count(String part) {
        return requests.stream().filter(request -> request.contains(part)).count();
    }

    @Override
    public void close() {
        hub.stop(0);
        content.stop(0);
        threads.shutdownNow();
    }

    private interface Handler {
        void handle(HttpExchange exchange) throws IOException;
    }

    private void serve(String server, HttpExchange exchange, Handler handler) throws IOException {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        requests.add(server + " " + exchange.getRequestURI().getPath() + " range="
                + exchange.getRequestHeaders().getFirst("Range") + " token=" + (authorization != null));
        try (exchange) {
            Integer refusal = refusals.poll();
            if (refusal != null) {
                exchange.getResponseHeaders().add("Retry-After", "0");
                exchange.sendResponseHeaders(refusal, -1);
            } else if (server.equals("hub")
                    && !requiredToken.isEmpty()
                    && !("Bearer " + requiredToken).equals(authorization)) {
                exchange.sendResponseHeaders(401, -1);
            } else {
                handler.handle(exchange);
            }
        }
    }

    private void list(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (!path.equals("/api/models/acme/model/revision/main")
                && !path.equals("/api/models/acme/model/revision/" + COMMIT)) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        List<String> siblings = new ArrayList<>();
        files.forEach((name, bytes) -> siblings.add(sibling(name, bytes)));
        send(
                exchange,
                ("{\"sha\":\"" + COMMIT + "\",\"siblings\":[" + String.join(",", siblings) + "]}")
                        .getBytes(StandardCharsets.UTF_8),
                false);
    }

    private String sibling(String name, byte[] bytes) {
        MessageDigest git = DigestUtils.updateDigest(DigestUtils.getSha1Digest(), "blob " + bytes.length + "\0");
        String blob = Hex.encodeHexString(git.digest(bytes));
        String sha = lies ? "f".repeat(64) : DigestUtils.sha256Hex(bytes);
        String lfs = isLarge(name) ? ",\"lfs\":{\"sha256\":\"" + sha + "\",\"size\":" + bytes.length + "}" : "";
        return "{\"rfilename\":\"" + name + "\",\"size\":" + bytes.length + ",\"blobId\":\"" + blob + "\"" + lfs + "}";
    }

    private void resolve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath().substring(("/acme/model/resolve/" + COMMIT + "/").length());
        if (isLarge(path)) {
            exchange.getResponseHeaders()
                    .add(
                            "Location",
                            "http://localhost:" + content.getAddress().getPort() + "/" + path + "?signature=x");
            exchange.sendResponseHeaders(302, -1);
        } else {
            send(exchange, files.get(path), true);
        }
    }

    private void content(HttpExchange exchange) throws IOException {
        send(exchange, files.get(exchange.getRequestURI().getPath().substring(1)), true);
    }

    private void send(HttpExchange exchange, byte[] whole, boolean mayBreak) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        byte[] body = Arrays.copyOfRange(whole, from, whole.length);
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, body.length == 0 ? -1 : body.length);
        int breakHere = breakAfter;
        if (mayBreak && breakHere >= 0 && breakHere < body.length) {
            breakAfter = -1;
            exchange.getResponseBody().write(body, 0, breakHere);
            exchange.getResponseBody().flush();
            throw new IOException("the connection breaks, as told");
        }
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    private static boolean isLarge(String path) {
        return path.endsWith(".onnx");
    }
}
