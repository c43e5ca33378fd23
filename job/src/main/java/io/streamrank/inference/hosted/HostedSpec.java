// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import io.streamrank.inference.endpoint.EndpointLimits;
import io.streamrank.inference.endpoint.EndpointSpec;
import io.streamrank.inference.endpoint.SecretReference;
import io.streamrank.inference.model.ModelException;
import java.io.Serializable;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Names a model behind an API. Holds where its key is found, and not the key.
 *
 * @param uri {@code provider:model}, or {@code tei:http://host:port}
 * @param endpoint base address; null for the provider's own
 * @param key null for an endpoint that wants none
 * @param requestTimeout for one attempt
 * @param dimensions of the vectors to ask for; null for what the model gives
 * @param queryPrefix put before queries
 * @param passagePrefix put before documents
 */
public record HostedSpec(
        String uri,
        @Nullable String endpoint,
        @Nullable SecretReference key,
        EndpointLimits limits,
        Duration requestTimeout,
        @Nullable Integer dimensions,
        String queryPrefix,
        String passagePrefix)
        implements Serializable {
    public Provider provider() {
        return Provider.of(uri).orElseThrow(() -> new IllegalArgumentException("no API is called " + uri));
    }

    /** Returns the model's name at the provider; empty where the server has only one. */
    String model() {
        return provider() == Provider.TEI ? "" : provider().named(uri);
    }

    EndpointSpec rerank() throws ModelException {
        return at(provider().rerankAddress(base()));
    }

    EndpointSpec embed() throws ModelException {
        return at(provider().embedAddress(base()));
    }

    /** Returns where a server of text-embeddings-inference describes itself. */
    URI info() throws ModelException {
        return URI.create(base().replaceFirst("/+$", "") + "/info");
    }

    private EndpointSpec at(URI address) {
        return new EndpointSpec(uri, address, key, limits, requestTimeout);
    }

    private String base() throws ModelException {
        if (endpoint != null) {
            return endpoint;
        }
        if (provider() == Provider.TEI) {
            return Provider.TEI.named(uri);
        }
        return Objects.requireNonNull(provider().base(key));
    }
}
