// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.service;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Holds the models that take the place of local ones.
 *
 * @param embedder null for the local one
 * @param reranker null for the local one
 */
public record HostedServices(
        @Nullable ServiceFactory<TextEmbedder> embedder,
        @Nullable ServiceFactory<PassageReranker> reranker) implements Serializable {
    public static final HostedServices NONE = new HostedServices(null, null);
}
