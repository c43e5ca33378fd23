// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.LongDocuments;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelFactory;
import io.streamrank.inference.model.PairPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ModelsTest {
    @Test
    void onAGpuAllIsAsItWasButTheFactories() {
        assertThat(models("any").on(3)).isEqualTo(models("gpu 3"));
    }

    private static Models models(String place) {
        return new Models(
                new Placed<>("embedder", place),
                new Placed<>("reranker", place),
                new CascadeStage(new Placed<>("cascade", place), 7),
                new BatchPolicy(1, 2, Duration.ofMillis(3), 4, 5),
                new BatchPolicy(6, 7, Duration.ofMillis(8), 9, 10),
                new PairPolicy(11, 12, 17, LongDocuments.CHUNK, 13, 14),
                15,
                Duration.ofSeconds(16));
    }

    private record Placed<M>(String key, String place) implements ModelFactory<M> {
        @Override
        public M open() throws ModelException {
            throw new ModelException(key);
        }

        @Override
        public String fingerprint() {
            return key;
        }

        @Override
        public ModelFactory<M> on(int gpu) {
            return new Placed<>(key, "gpu " + gpu);
        }
    }
}
