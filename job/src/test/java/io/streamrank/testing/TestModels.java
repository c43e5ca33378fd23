// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.testing;

import io.streamrank.inference.CascadeStage;
import io.streamrank.inference.Models;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.Embedder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelFactory;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.inference.model.TextRole;
import java.util.List;

/** The fake models as the job takes them. */
public final class TestModels {
    private TestModels() {}

    public static Models models() {
        return models(HashingEmbedder.factory());
    }

    /** An embedder that says it is another one. */
    public static Models withEmbedderFingerprint(String fingerprint) {
        return models(new Renamed(fingerprint));
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

    private record Renamed(String fingerprint) implements ModelFactory<Embedder> {
        @Override
        public Embedder open() throws ModelException {
            Embedder original = HashingEmbedder.factory().open();
            return new Embedder() {
                @Override
                public ModelInfo info() {
                    return new ModelInfo(
                            original.info().name(), fingerprint, original.info().maxTokens());
                }

                @Override
                public int dimension() {
                    return original.dimension();
                }

                @Override
                public int maxBatchSize() {
                    return original.maxBatchSize();
                }

                @Override
                public Encoding encode(String text, TextRole role) {
                    return original.encode(text, role);
                }

                @Override
                public float[][] embed(List<Encoding> batch) throws InferenceException {
                    return original.embed(batch);
                }

                @Override
                public void close() {
                    original.close();
                }
            };
        }

        @Override
        public String key() {
            return "renamed-" + fingerprint;
        }
    }
}
