// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server on the loopback address that answers as it is told, faults included, and remembers what it was asked. */
public final class FaultServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Reply> script = new ConcurrentLinkedQueue<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private volatile Reply otherwise;

    /** What the server does with a request. */
    public interface Reply {
        void to(HttpExchange exchange, JsonNode body) throws IOException, InterruptedException;
    }

    /** What the server makes of a request, for a reply that depends on it. */
    public interface Answer {
        String to(JsonNode body);
    }

    /** A request. */
    public record Received(String path, String authorization, JsonNode body) {}

    /** @param otherwise once there is nothing in the script */
    public FaultServer(Reply otherwise) throws IOException {
        this.otherwise = otherwise;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] bytes = exchange.getRequestBody().readAllBytes();
        JsonNode body = bytes.length == 0 ? JSON.createObjectNode() : JSON.readTree(bytes);
        received.add(new Received(
                exchange.getRequestURI().getPath(),
                String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")),
                body));
        Reply next = script.poll();
        try (exchange) {
            (next == null ? otherwise : next).to(exchange, body);
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** Adds replies to the script, each for one request. */
    public FaultServer then(Reply... replies) {
        script.addAll(List.of(replies));
        return this;
    }

    public void otherwise(Reply reply) {
        otherwise = reply;
    }

    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public URI address(String path) {
        return URI.create(address() + path);
    }

    public List<Received> received() {
        return received;
    }

    /** Lets requests that hang go on. */
    public void release() {
        released.countDown();
    }

    /** A reply with a body. */
    public static Reply status(int status, String body, String... headers) {
        return (exchange, request) -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    /** A success that depends on the request. */
    public static Reply answer(Answer answer) {
        return (exchange, request) -> status(200, answer.to(request)).to(exchange, request);
    }

    /** A success that takes its time, as a model does. */
    public static Reply answersAfter(long millis, Answer answer) {
        return (exchange, request) -> {
            Reply reply = status(200, answer.to(request));
            Thread.sleep(millis);
            reply.to(exchange, request);
        };
    }

    /** A connection that ends in the middle of the body. */
    public static Reply cut() {
        return (exchange, request) -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write("{\"results\":[".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
        };
    }

    /** Headers at once, and a body that stops after its beginning. */
    public Reply stalls() {
        return (exchange, request) -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            released.await();
        };
    }

    /** Waits for {@link #release}, and then replies. */
    public Reply hangs(Reply after) {
        return (exchange, request) -> {
            released.await();
            after.to(exchange, request);
        };
    }

    /** Scores each document by its length, in Cohere's shape, the last document first. */
    public static String scoresByLength(JsonNode request) {
        StringBuilder results = new StringBuilder();
        JsonNode documents = request.path("documents");
        for (int i = documents.size() - 1; i >= 0; i--) {
            results.append(results.isEmpty() ? "" : ",")
                    .append("{\"index\":%d,\"relevance_score\":%s}"
                            .formatted(i, documents.get(i).asText().length() / 100.0));
        }
        return "{\"id\":\"x\",\"results\":[" + results + "],\"meta\":{\"billed_units\":{\"search_units\":1}}}";
    }

    /** Embeds each text as its length and one, in OpenAI's shape. */
    public static String vectorsByLength(JsonNode request) {
        StringBuilder data = new StringBuilder();
        for (int i = 0; i < request.path("input").size(); i++) {
            data.append(i == 0 ? "" : ",")
                    .append("{\"index\":%d,\"embedding\":[%d,1]}"
                            .formatted(i, request.path("input").get(i).asText().length()));
        }
        return "{\"data\":[" + data + "],\"usage\":{\"total_tokens\":5}}";
    }

    @Override
    public void close() {
        release();
        server.stop(0);
        threads.shutdownNow();
    }
}
