// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import java.io.Serializable;

/** The job's two models and how their work is batched. Opening the same models twice in a JVM loads them once. */
public record Models(
        ModelFactory<Embedder> embedder,
        ModelFactory<CrossEncoder> crossEncoder,
        BatchPolicy embedding,
        BatchPolicy reranking,
        PairPolicy pairs)
        implements Serializable {
    public Models(
            ModelFactory<Embedder> embedder,
            ModelFactory<CrossEncoder> crossEncoder,
            BatchPolicy embedding,
            BatchPolicy reranking) {
        this(embedder, crossEncoder, embedding, reranking, PairPolicy.defaults());
    }

    public EmbeddingService openEmbedder() throws ModelException {
        return EmbeddingService.open(embedder, embedding);
    }

    public RerankingService openReranker() throws ModelException {
        return RerankingService.open(crossEncoder, reranking, pairs);
    }
}
