// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.router.Endpoint;
import io.javalin.util.JavalinBindException;
import io.javalin.util.JavalinException;
import io.streamrank.gateway.query.GatewayStartException;
import io.streamrank.gateway.query.Problem;
import io.streamrank.gateway.query.RequestException;
import java.net.URI;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for requests, and leads each to its route. */
public final class GatewayHttp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayHttp.class);
    private static final int HEADER_BYTES = 16 << 10;
    private static final String ROUTE = "streamrank.route";
    private static final String START = "streamrank.start";

    private final HttpSettings settings;
    private final GatewayServices services;
    private final LongSupplier nanoClock;
    private final Javalin server;

    /** Makes a server that does not listen yet. */
    private GatewayHttp(HttpSettings settings, GatewayServices services, LongSupplier nanoClock) {
        this.settings = settings;
        this.services = services;
        this.nanoClock = nanoClock;
        this.server = Javalin.create(this::configure);
    }

    /** Starts to listen. */
    public static GatewayHttp start(HttpSettings settings, GatewayServices services, LongSupplier nanoClock) {
        GatewayHttp http = new GatewayHttp(settings, services, nanoClock);
        try {
            http.server.start();
        } catch (JavalinBindException e) {
            throw new GatewayStartException(
                    "the gateway cannot listen at %s:%d: the port is taken or the address is not of this machine; choose another with --port or --host"
                            .formatted(settings.host(), settings.port()),
                    e);
        }
        return http;
    }

    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.startupWatcherEnabled = false;
        config.http.prefer405over404 = true;
        config.http.compressionStrategy = CompressionStrategy.NONE;
        config.jetty.addConnector(this::connector);
        config.jetty.modifyServer(this::limit);
        config.jetty.modifyHttpConfiguration(this::limit);
        Gatekeeper gatekeeper = new Gatekeeper(settings);
        for (Route route : Routes.of(services, settings, nanoClock)) {
            config.routes.addEndpoint(new Endpoint(route.method(), route.path(), context -> {
                context.attribute(ROUTE, route.path());
                context.attribute(START, nanoClock.getAsLong());
                secure(context);
                gatekeeper.require(route.access(), context.header("Host"), context.header("Authorization"));
                route.handler().handle(context);
            }));
        }
        config.routes.exception(HttpResponseException.class, (failure, context) -> {
            secure(context);
            error(
                    context,
                    new RequestException(Problem.ofStatus(failure.getStatus()), String.valueOf(failure.getMessage())));
        });
        config.routes.exception(Exception.class, (failure, context) -> error(context, Exchange.told(failure)));
        config.requestLogger.http((context, millis) -> count(context));
    }

    private void error(Context context, RequestException failure) {
        Exchange.error(context, failure, services.queries().limit().limit());
    }

    private static void secure(Context context) {
        context.header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        context.header("X-Content-Type-Options", "nosniff");
        context.header("Referrer-Policy", "no-referrer");
        context.header("Cache-Control", "no-store");
    }

    private void count(Context context) {
        String route = context.attribute(ROUTE);
        Long start = context.attribute(START);
        services.metrics()
                .request(
                        route == null ? "none" : route,
                        context.status().getCode(),
                        start == null ? 0 : nanoClock.getAsLong() - start);
    }

    /**
     * Lets as many connections wait to be accepted as may be open. With Java's 50 the kernel drops the handshake of some when many
     * clients come at once, and they wait for its repetition, after 1, 3 and 7 s.
     */
    private ServerConnector connector(Server jetty, HttpConfiguration http) {
        ServerConnector connector = new ServerConnector(jetty, new HttpConnectionFactory(http));
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        connector.setAcceptQueueSize(settings.maxConnections());
        return connector;
    }

    private void limit(Server jetty) {
        jetty.addBean(new NetworkConnectionLimit(settings.maxConnections(), jetty));
        jetty.setStopTimeout(Duration.ofSeconds(5).toMillis());
    }

    private void limit(HttpConfiguration http) {
        http.setRequestHeaderSize(HEADER_BYTES);
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        // Longer than any request may wait for its answer.
        http.setIdleTimeout(services.timeouts().most().plusSeconds(15).toMillis());
    }

    /** Returns where clients reach the gateway. */
    public URI address() {
        String host = settings.host().contains(":") ? '[' + settings.host() + ']' : settings.host();
        return URI.create("http://" + host + ':' + server.port());
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (JavalinException late) {
            LOG.warn("Some connections did not end in time, and were cut", late);
        }
    }
}
