// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.inference.Models;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairOutcome.Scored;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.inference.model.TextRole;
import io.streamrank.inference.service.PassageReranker;
import io.streamrank.inference.service.TextEmbedder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Models, tokenizers and batching together, with more workers than a thread-unsafe part would survive. */
class SharedOnnxModelTest {
    private static final int ROUNDS = 20;
    private static final BatchPolicy POLICY = new BatchPolicy(512, 8, Duration.ZERO, 4, 10_000_000);

    @Test
    void scoresEqualTheReferencesWhateverRunsBesideThem() throws Exception {
        List<JsonNode> goldens = Golden.records("tiny-cross-encoder");
        try (PassageReranker service = models().openReranker()) {
            List<CompletableFuture<List<PairOutcome>>> scores = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                for (JsonNode golden : goldens) {
                    scores.add(service.score(
                            golden.path("query").asText(),
                            List.of("some other passage", golden.path("text").asText()),
                            Long.MAX_VALUE));
                }
            }
            for (int i = 0; i < scores.size(); i++) {
                PairOutcome score = scores.get(i).get(60, TimeUnit.SECONDS).get(1);
                assertThat(((Scored) score).logit())
                        .isCloseTo(
                                (float) goldens.get(i % goldens.size())
                                        .path("logit")
                                        .asDouble(),
                                within(1e-3f));
            }
            assertThat(service.stats().batches()).isLessThan(service.stats().items());
        }
    }

    @Test
    void vectorsEqualTheReferencesWhateverRunsBesideThem() throws Exception {
        List<JsonNode> goldens = Golden.records("tiny-bi-encoder");
        try (TextEmbedder service = models().openEmbedder()) {
            List<CompletableFuture<float[]>> vectors = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                for (JsonNode golden : goldens) {
                    vectors.add(service.embed(golden.path("text").asText(), TextRole.PASSAGE, Long.MAX_VALUE));
                }
            }
            for (int i = 0; i < vectors.size(); i++) {
                JsonNode expected = goldens.get(i % goldens.size()).path("embedding");
                float[] vector = vectors.get(i).get(60, TimeUnit.SECONDS);
                for (int d = 0; d < vector.length; d++) {
                    assertThat(vector[d]).isCloseTo((float) expected.get(d).asDouble(), within(1e-4f));
                }
            }
        }
    }

    private static Models models() {
        return new Models(
                OnnxModels.embedder(Golden.spec("tiny-bi-encoder")),
                OnnxModels.crossEncoder(Golden.spec("tiny-cross-encoder")),
                null,
                POLICY,
                POLICY,
                PairPolicy.defaults(),
                POLICY.workers());
    }
}
