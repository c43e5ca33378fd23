// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import io.streamrank.gateway.query.Problem;
import io.streamrank.gateway.query.RequestException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides whether a request may use a route. */
final class Gatekeeper {
    /** Names of this machine in the header {@code Host}. */
    private static final Set<String> LOCAL_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    private final HttpSettings settings;

    Gatekeeper(HttpSettings settings) {
        this.settings = settings;
    }

    /** Refuses with a {@link RequestException}, or returns. */
    void require(Access access, @Nullable String host, @Nullable String authorization) {
        requireLocalName(host);
        switch (access) {
            case PUBLIC -> {}
            case QUERIES -> {
                if (settings.keys() != null && !settings.keys().accept(authorization)) {
                    throw unauthorized("an API key");
                }
            }
            case DOCUMENTS -> requireDocumentsKey(authorization);
        }
    }

    private void requireDocumentsKey(@Nullable String authorization) {
        if (settings.documentKeys() == null) {
            if (!settings.open()) {
                throw new RequestException(
                        Problem.FORBIDDEN,
                        "nobody may write documents here: start the gateway with --documents-keys-file, or with --no-auth");
            }
        } else if (!settings.documentKeys().accept(authorization)) {
            throw unauthorized("a key for documents");
        }
    }

    /**
     * Refuses another name of this machine where no key is asked for. A page in a browser could else reach the gateway by a name
     * that its author points to the loopback address.
     */
    private void requireLocalName(@Nullable String host) {
        if (settings.trustsLoopback() && host != null && !LOCAL_NAMES.contains(withoutPort(host))) {
            throw new RequestException(
                    Problem.FORBIDDEN,
                    "without API keys the gateway answers only under the names localhost, 127.0.0.1 and [::1]");
        }
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    private static RequestException unauthorized(String what) {
        return new RequestException(
                Problem.UNAUTHORIZED,
                "the request has no valid key: send %s as Authorization: Bearer KEY".formatted(what));
    }
}
