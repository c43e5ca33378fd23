// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds proxies as other programs do: in HTTPS_PROXY, HTTP_PROXY and NO_PROXY, which the JDK does not read. Lower-case names
 * win. This machine itself is never reached through a proxy. User and password of a proxy are not used.
 */
final class EnvironmentProxies extends ProxySelector {
    private static final List<Proxy> DIRECT = List.of(Proxy.NO_PROXY);
    private static final int DEFAULT_PORT = 80;

    private final Map<String, String> environment;

    EnvironmentProxies(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public List<Proxy> select(URI address) {
        String host = String.valueOf(address.getHost()).toLowerCase(Locale.ROOT);
        String proxy = variable(String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT) + "_proxy");
        InetSocketAddress place = proxy.isEmpty() || isDirect(host) ? null : place(proxy);
        return place == null ? DIRECT : List.of(new Proxy(Proxy.Type.HTTP, place));
    }

    private boolean isDirect(String host) {
        return host.equals("localhost")
                || host.startsWith("127.")
                || host.equals("[::1]")
                || Arrays.stream(variable("no_proxy").split("[,\\s]+", -1))
                        .map(entry -> entry.strip().toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", ""))
                        .anyMatch(entry -> !entry.isEmpty()
                                && (entry.equals("*") || host.equals(entry) || host.endsWith("." + entry)));
    }

    private static @Nullable InetSocketAddress place(String proxy) {
        try {
            URI address = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
            String host = address.getHost();
            return host == null
                    ? null
                    : InetSocketAddress.createUnresolved(
                            host, address.getPort() < 0 ? DEFAULT_PORT : address.getPort());
        } catch (IllegalArgumentException notAnAddress) {
            return null;
        }
    }

    private String variable(String name) {
        String lower = environment.get(name);
        String found = lower == null ? environment.get(name.toUpperCase(Locale.ROOT)) : lower;
        return found == null ? "" : found.strip();
    }

    @Override
    public void connectFailed(URI address, SocketAddress proxy, IOException why) {
        // The request fails and is tried again; there is one proxy and no other to choose.
    }
}
