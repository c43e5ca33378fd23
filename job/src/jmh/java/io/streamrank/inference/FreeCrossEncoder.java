// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.ModelFactory;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.model.PairTemplate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A model that costs nothing, so that what is around it can be measured. */
record FreeCrossEncoder(int maxBatchSize) implements CrossEncoder {
    /** As long as a passage of some fifty words. */
    private static final Encoding PAIR = new Encoding(new int[80], 10, false);

    static ModelFactory<CrossEncoder> factory(int maxBatchSize) {
        return new Factory(maxBatchSize);
    }

    @Override
    public ModelInfo info() {
        return new ModelInfo("fake:free", "free", PAIR.tokens());
    }

    @Override
    public Encoding encode(String query, String passage) {
        return PAIR;
    }

    @Override
    public @Nullable PairTemplate template() {
        return null;
    }

    @Override
    public int[] tokens(String text) {
        return new int[] {text.length()};
    }

    @Override
    public float[] logits(List<Encoding> batch) {
        return new float[batch.size()];
    }

    @Override
    public double relevance(float logit) {
        return logit;
    }

    @Override
    public void close() {}

    private record Factory(int maxBatchSize) implements ModelFactory<CrossEncoder> {
        private static final long serialVersionUID = 1L;

        @Override
        public CrossEncoder open() {
            return new FreeCrossEncoder(maxBatchSize);
        }

        @Override
        public String fingerprint() {
            return key();
        }

        @Override
        public String key() {
            return "free " + maxBatchSize;
        }
    }
}
