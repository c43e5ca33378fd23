// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import static io.streamrank.testing.FaultServer.answer;

import io.streamrank.inference.endpoint.EndpointLimits;
import io.streamrank.inference.endpoint.SecretReference;
import io.streamrank.testing.FaultServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Holds what the tests of hosted models share: a server that answers as they want, and a key for it. */
abstract class HostedModelFixture {
    static final long NEVER = Long.MAX_VALUE;
    static final String KEY = "secret-key-5471";
    static final String TEI_RERANKER = """
            {"model_id":"BAAI/bge-reranker","model_sha":"abc","model_type":{"reranker":{"id2label":{}}},
             "max_client_batch_size":3,"max_input_length":512,"max_concurrent_requests":512}""";
    static final String TEI_EMBEDDER = """
            {"model_id":"BAAI/bge","model_sha":"abc","model_type":{"embedding":{"pooling":"cls"}},"max_client_batch_size":32}""";

    @TempDir
    Path directory;

    FaultServer server;

    @BeforeEach
    void start() throws Exception {
        Files.writeString(directory.resolve("keys"), "k=" + KEY);
        server = new FaultServer(answer(FaultServer::scoresByLength));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Returns a model of that URI, whose requests may take twenty seconds. */
    HostedSpec spec(String uri, @Nullable String endpoint, @Nullable Integer dimensions) {
        return spec(uri, endpoint, dimensions, Duration.ofSeconds(20));
    }

    HostedSpec spec(String uri, @Nullable String endpoint, @Nullable Integer dimensions, Duration requestTimeout) {
        return new HostedSpec(
                uri,
                endpoint,
                new SecretReference("${file:" + directory.resolve("keys") + ":k}"),
                new EndpointLimits(0, 0, 8),
                requestTimeout,
                dimensions,
                "",
                "");
    }

    /** Returns the request that came last. */
    FaultServer.Received last() {
        List<FaultServer.Received> received = server.received();
        return received.get(received.size() - 1);
    }

    static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }
}
