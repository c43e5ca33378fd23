// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import io.streamrank.inference.batching.BatchModel;
import io.streamrank.inference.batching.Batcher;
import io.streamrank.inference.batching.FutureTask;
import io.streamrank.inference.batching.TokenizationTask;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.Embedder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelFactory;
import io.streamrank.inference.model.TextRole;
import io.streamrank.inference.service.TextEmbedder;
import io.streamrank.inference.workers.Priority;
import io.streamrank.inference.workers.SharedModels;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Embeds texts. Queries go before passages, so that loading a corpus does not hold them up. Thread-safe. */
public final class EmbeddingService extends SharedService<EmbeddingService.LoadedEmbedder> implements TextEmbedder {
    private static final SharedModels<Shared<LoadedEmbedder>> SHARED = new SharedModels<>();

    private EmbeddingService(SharedModels.Use<Shared<LoadedEmbedder>> use) {
        super(use);
    }

    record LoadedEmbedder(Embedder embedder, Batcher<float[]> batcher) {}

    static EmbeddingService open(ModelFactory<Embedder> factory, BatchPolicy policy, int workers, Duration runTimeout)
            throws ModelException {
        return new EmbeddingService(SHARED.open(factory.key() + " " + policy + " " + workers + " " + runTimeout, () -> {
            Embedder embedder = factory.open();
            return Shared.start(
                    new BatchedEmbedder(embedder),
                    policy,
                    workers,
                    runTimeout,
                    batcher -> new LoadedEmbedder(embedder, batcher));
        }));
    }

    @Override
    public int dimension() {
        return model().embedder.dimension();
    }

    /**
     * Embeds one text; texts of concurrent callers share batches.
     *
     * @param deadlineNanos on {@link System#nanoTime()}'s scale; at that time the future fails with {@link
     *     DeadlineExceededException}, and a text not yet run is dropped; {@link Long#MAX_VALUE} for none
     * @return the unit vector, owned by the caller; fails with an {@link InferenceException}. Completes on an inference
     *     thread, which must not be blocked
     */
    @Override
    public CompletableFuture<float[]> embed(String text, TextRole role, long deadlineNanos) {
        long asked = now();
        CompletableFuture<float[]> vector = new CompletableFuture<>();
        Priority priority = role == TextRole.QUERY ? Priority.QUERY_EMBEDDING : Priority.PASSAGE_EMBEDDING;
        LoadedEmbedder model = model();
        tokenize(new TokenizationTask(1, text.length(), priority, deadlineNanos, vector, () -> {
            Encoding encoding = model.embedder.encode(text, role);
            FutureTask<float[]> task = new FutureTask<>(encoding, priority, deadlineNanos, asked, vector);
            model.batcher.submit(List.of(task), List.of(), deadlineNanos);
        }));
        return vector;
    }

    private record BatchedEmbedder(Embedder model) implements BatchModel<float[]> {
        @Override
        public List<float[]> run(List<Encoding> batch) throws InferenceException {
            return Arrays.asList(model.embed(batch));
        }

        @Override
        public @Nullable String validate(float[] vector) {
            for (float value : vector) {
                if (!Float.isFinite(value)) {
                    return "its vector holds a number that is not finite";
                }
            }
            return null;
        }
    }
}
