// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import io.streamrank.gateway.query.GatewayInputException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Says where the gateway listens, whom it serves and how much a request may hold.
 *
 * @param port 0 for any that is free
 * @param keys for queries; null to ask for none
 * @param documentKeys for writing documents; null to let nobody write, unless {@code open}
 * @param open whether everyone who reaches the gateway may do everything
 * @param maxBodyBytes of a query
 * @param maxUploadBytes of a request with documents
 * @param bodyTimeout within which a body must have arrived
 * @param maxConnections that are open at the same time
 */
public record HttpSettings(
        String host,
        int port,
        @Nullable ApiKeys keys,
        @Nullable ApiKeys documentKeys,
        boolean open,
        int maxBodyBytes,
        int maxUploadBytes,
        Duration bodyTimeout,
        int maxConnections) {
    public static final String LOOPBACK = "127.0.0.1";
    public static final int MAX_BODY_BYTES = 1 << 20;
    public static final int MAX_UPLOAD_BYTES = 16 << 20;
    public static final Duration BODY_TIMEOUT = Duration.ofSeconds(10);
    public static final int MAX_CONNECTIONS = 2_000;

    public HttpSettings {
        if (keys == null && !open && !isLoopback(host)) {
            throw new GatewayInputException(
                    "the gateway would serve everyone who reaches %s: give --api-keys-file, or --no-auth if something in front of it checks"
                            .formatted(host));
        }
    }

    /** Returns settings for programs on this machine. */
    public static HttpSettings local(int port) {
        return new HttpSettings(
                LOOPBACK, port, null, null, false, MAX_BODY_BYTES, MAX_UPLOAD_BYTES, BODY_TIMEOUT, MAX_CONNECTIONS);
    }

    /** Returns whether only programs on this machine can have sent a request, and none of them shows a key. */
    boolean trustsLoopback() {
        return keys == null && !open;
    }

    static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
