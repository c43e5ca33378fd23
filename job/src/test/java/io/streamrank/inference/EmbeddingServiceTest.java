// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.Embedder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelFactory;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.inference.model.TextRole;
import io.streamrank.inference.service.TextEmbedder;
import io.streamrank.testing.FakeWords;
import io.streamrank.testing.HashingEmbedder;
import io.streamrank.testing.OverlapCrossEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class EmbeddingServiceTest {
    private static final long NEVER = Long.MAX_VALUE;

    @Test
    void eachCallerGetsItsTextsVector() throws Exception {
        try (TextEmbedder service = models(1 << 20).openEmbedder();
                Embedder alone = HashingEmbedder.factory().open()) {
            List<CompletableFuture<float[]>> vectors = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                vectors.add(service.embed("word" + i + " of many", TextRole.PASSAGE, NEVER));
            }
            for (int i = 0; i < 200; i++) {
                Encoding text = alone.encode("word" + i + " of many", TextRole.PASSAGE);
                assertThat(get(vectors.get(i))).isEqualTo(alone.embed(List.of(text))[0]);
            }
            assertThat(service.dimension()).isEqualTo(HashingEmbedder.DIMENSION);
            assertThat(service.stats().items()).isEqualTo(200);
        }
    }

    @Test
    void queriesGoBeforePassagesThatCameEarlier() throws Exception {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        try (TextEmbedder service = models(1 << 20).openEmbedder()) {
            CompletableFuture<float[]> hung = service.embed("HANG", TextRole.PASSAGE, NEVER);
            FakeWords.awaitHang();
            List<CompletableFuture<Void>> done = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                done.add(service.embed("passage", TextRole.PASSAGE, NEVER).thenAccept(vector -> order.add("passage")));
            }
            done.add(service.embed("query", TextRole.QUERY, NEVER).thenAccept(vector -> order.add("query")));
            FakeWords.release();
            get(hung);
            for (CompletableFuture<Void> one : done) {
                get(one);
            }
        }
        assertThat(order.get(0)).isEqualTo("query");
    }

    @Test
    void onlyTheTextThatFailsFails() throws Exception {
        try (TextEmbedder service = models(1 << 20).openEmbedder()) {
            CompletableFuture<float[]> good = service.embed("good", TextRole.PASSAGE, NEVER);
            CompletableFuture<float[]> poison = service.embed("POISON", TextRole.PASSAGE, NEVER);
            CompletableFuture<float[]> nan = service.embed("NAN", TextRole.PASSAGE, NEVER);
            assertThat(get(good)).hasSize(HashingEmbedder.DIMENSION);
            assertThatThrownBy(() -> get(poison))
                    .hasMessageContaining("Model fake:hashing failed on a text of 3 tokens: it met POISON");
            assertThatThrownBy(() -> get(nan))
                    .hasMessageContaining("failed on a text of 3 tokens: its vector holds a number that is not finite");
        }
    }

    @Test
    void refusesTextBeyondItsLimit() throws Exception {
        try (TextEmbedder service = models(10).openEmbedder()) {
            assertThatThrownBy(() -> get(service.embed("x".repeat(41), TextRole.QUERY, NEVER)))
                    .hasCauseInstanceOf(OverloadException.class)
                    .hasMessageContaining(
                            "Model fake:hashing has 0 characters waiting and 41 more would exceed the limit of 40;"
                                    + " send less at a time or add workers.");
            assertThat(get(service.embed("short", TextRole.QUERY, NEVER))).isNotEmpty();
        }
    }

    @Test
    void aModelThatCannotBeLoadedIsTriedAgain() throws Exception {
        List<String> attempts = new ArrayList<>();
        BatchPolicy policy = BatchPolicy.defaults();
        Models models = new Models(new FailsFirst(attempts), OverlapCrossEncoder.factory(), policy, policy);
        assertThatThrownBy(models::openEmbedder)
                .isInstanceOf(ModelException.class)
                .hasMessage("not yet");
        models.openEmbedder().close();
        assertThat(attempts).hasSize(2);
    }

    private static Models models(long maxQueuedTokens) {
        BatchPolicy policy = new BatchPolicy(256, 1, Duration.ZERO, 1, maxQueuedTokens);
        return new Models(
                HashingEmbedder.factory(),
                OverlapCrossEncoder.factory(),
                null,
                policy,
                policy,
                PairPolicy.defaults(),
                1);
    }

    private static <T> T get(CompletableFuture<T> future) throws InterruptedException, ExecutionException {
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }

    private record FailsFirst(List<String> attempts) implements ModelFactory<Embedder> {
        @Override
        public Embedder open() throws ModelException {
            attempts.add("attempt");
            if (attempts.size() == 1) {
                throw new ModelException("not yet");
            }
            return HashingEmbedder.factory().open();
        }

        @Override
        public String fingerprint() {
            return key();
        }

        @Override
        public String key() {
            return "fails first";
        }
    }
}
