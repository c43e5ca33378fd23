// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.testing;

import io.streamrank.inference.CascadeStage;
import io.streamrank.inference.Models;
import io.streamrank.inference.OwnVectors;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.Embedder;
import io.streamrank.inference.model.ModelFactory;
import io.streamrank.inference.model.PairPolicy;

/** The fake models as the job takes them. */
public final class TestModels {
    private TestModels() {}

    public static Models models() {
        return models(HashingEmbedder.factory());
    }

    /** An embedder that tells its fingerprint and fails the test that opens it. */
    public static Models withEmbedderFingerprint(String fingerprint) {
        return models(new NeverOpened(fingerprint));
    }

    /** No embedder: documents and queries bring vectors of that many numbers. */
    public static Models withoutEmbedder(int dimension) {
        return models(new OwnVectors(dimension));
    }

    /** A cross-encoder that prefers what shares few words with the query, behind one that keeps two that share many. */
    public static Models cascade() {
        return new Models(
                HashingEmbedder.factory(),
                OverlapCrossEncoder.contrary(),
                new CascadeStage(OverlapCrossEncoder.factory(), 2),
                BatchPolicy.defaults(),
                BatchPolicy.defaults(),
                PairPolicy.defaults(),
                0);
    }

    private static Models models(ModelFactory<Embedder> embedder) {
        return new Models(embedder, OverlapCrossEncoder.factory(), BatchPolicy.defaults(), BatchPolicy.defaults());
    }

    private record NeverOpened(String fingerprint) implements ModelFactory<Embedder> {
        @Override
        public Embedder open() {
            throw new AssertionError("the model is opened");
        }

        @Override
        public String key() {
            return "never opened, " + fingerprint;
        }
    }
}
