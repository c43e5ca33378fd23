// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway;

import io.streamrank.gateway.document.DocumentService;
import io.streamrank.gateway.http.GatewayHttp;
import io.streamrank.gateway.http.GatewayServices;
import io.streamrank.gateway.http.GatewayStatus;
import io.streamrank.gateway.kafka.KafkaDocuments;
import io.streamrank.gateway.kafka.KafkaTransport;
import io.streamrank.gateway.metrics.GatewayMetrics;
import io.streamrank.gateway.query.ConcurrencyLimit;
import io.streamrank.gateway.query.JobMonitor;
import io.streamrank.gateway.query.QueryService;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/**
 * Runs a gateway: clients by HTTP on one side, Kafka on the other. Several may run next to each other; they share nothing but the
 * replies topic. {@link #close} answers who still waits.
 */
public final class GatewayServer implements AutoCloseable {
    private final KafkaTransport transport;
    private final KafkaDocuments documents;
    private final JobMonitor monitor;
    private final ExecutorService answers;
    private final GatewayHttp http;

    private GatewayServer(
            KafkaTransport transport,
            KafkaDocuments documents,
            JobMonitor monitor,
            ExecutorService answers,
            GatewayHttp http) {
        this.transport = transport;
        this.documents = documents;
        this.monitor = monitor;
        this.answers = answers;
        this.http = http;
    }

    /**
     * Starts a gateway, and returns when it answers.
     *
     * @throws io.streamrank.gateway.query.GatewayStartException says in one sentence why it cannot start
     */
    public static GatewayServer start(GatewayConfig config) throws InterruptedException {
        LongSupplier clock = System::nanoTime;
        KafkaTransport transport = KafkaTransport.open(config.kafka());
        KafkaDocuments documents = new KafkaDocuments(config.kafka());
        JobMonitor monitor = new JobMonitor(transport, clock);
        ExecutorService answers =
                Executors.newFixedThreadPool(Math.max(2, Runtime.getRuntime().availableProcessors()), task -> {
                    Thread thread = new Thread(task, "gateway-answers");
                    thread.setDaemon(true);
                    return thread;
                });
        ConcurrencyLimit limit = new ConcurrencyLimit(config.maxInFlight(), clock);
        QueryService queries = new QueryService(transport, config.limits(), limit, answers, monitor::ended);
        GatewayServices services = new GatewayServices(
                queries,
                config.timeouts(),
                new DocumentService(documents, config.limits()),
                new GatewayStatus(version(), transport::isConnected, monitor::status, limit, config.limits()),
                metrics(transport, limit));
        try {
            GatewayHttp http = GatewayHttp.start(config.http(), services, clock);
            monitor.start();
            return new GatewayServer(transport, documents, monitor, answers, http);
        } catch (RuntimeException e) {
            transport.close();
            close(monitor, documents, answers);
            throw e;
        }
    }

    private static GatewayMetrics metrics(KafkaTransport transport, ConcurrencyLimit limit) {
        GatewayMetrics metrics = new GatewayMetrics();
        metrics.add("in_flight", "gauge", "Queries that wait for their answers.", limit::inFlight);
        metrics.add("in_flight_limit", "gauge", "Queries that may wait at the same time, now.", limit::limit);
        metrics.add("waiters", "gauge", "Queries and probes that wait for a reply.", transport::pending);
        metrics.add("unknown_replies_total", "counter", "Replies that nobody waited for.", transport::unknownReplies);
        metrics.add(
                "connected",
                "gauge",
                "1 if Kafka takes queries and gives replies.",
                () -> transport.isConnected() ? 1 : 0);
        return metrics;
    }

    private static String version() {
        String version = GatewayServer.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /** Returns where clients reach the gateway, e.g. {@code http://127.0.0.1:8080}. */
    public URI address() {
        return http.address();
    }

    /** Returns the partition of the replies topic that this gateway reads. */
    public int partition() {
        return transport.partition();
    }

    @Override
    public void close() {
        transport.close(); // fails who waits, so that the server need not wait for them
        http.close();
        close(monitor, documents, answers);
    }

    private static void close(JobMonitor monitor, KafkaDocuments documents, ExecutorService answers) {
        monitor.close();
        documents.close();
        answers.shutdown();
    }
}
