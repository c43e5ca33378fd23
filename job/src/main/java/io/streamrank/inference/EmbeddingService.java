// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import io.streamrank.inference.batching.BatchModel;
import io.streamrank.inference.batching.Batcher;
import io.streamrank.inference.batching.FutureTask;
import io.streamrank.inference.batching.HungException;
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
import io.streamrank.inference.workers.IdleModels;
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

    /** @param hung texts of documents whose run hung */
    record LoadedEmbedder(Embedder embedder, Batcher<float[]> batcher, HungTexts hung) {
        static LoadedEmbedder of(Embedder embedder, Batcher<float[]> batcher, Duration runTimeout) {
            return new LoadedEmbedder(
                    embedder,
                    batcher,
                    new HungTexts(embedder.info().name(), runTimeout, text -> alone(embedder, batcher, text)));
        }

        /** Embeds a document's text in a run of its own, whatever waits, as it was let in before. */
        private static CompletableFuture<float[]> alone(Embedder embedder, Batcher<float[]> batcher, String text) {
            CompletableFuture<float[]> vector = new CompletableFuture<>();
            Priority priority = Priority.PASSAGE_EMBEDDING;
            TokenizationTask task = new TokenizationTask(1, 0, priority, Long.MAX_VALUE, vector, () -> {
                Encoding encoding = embedder.encode(text, TextRole.PASSAGE);
                FutureTask<float[]> run = FutureTask.alone(encoding, priority, batcher.now(), vector);
                batcher.submitAgain(List.of(run), List.of(), Long.MAX_VALUE);
            });
            try {
                batcher.tokenize(task);
            } catch (InferenceException e) {
                task.fail(e);
            }
            return vector;
        }
    }

    static EmbeddingService open(ModelFactory<Embedder> factory, BatchPolicy policy, int workers, Duration runTimeout)
            throws ModelException {
        return new EmbeddingService(SHARED.open(factory.key() + " " + policy + " " + workers + " " + runTimeout, () -> {
            Embedder embedder = IdleModels.OF_PROCESS.open(factory.key(), Embedder.class, factory::open);
            return Shared.start(
                    new BatchedEmbedder(factory.key(), embedder),
                    policy,
                    workers,
                    runTimeout,
                    batcher -> LoadedEmbedder.of(embedder, batcher, runTimeout));
        }));
    }

    @Override
    public int dimension() {
        return model().embedder.dimension();
    }

    /**
     * Embeds one text; texts of concurrent callers share batches. A passage without a deadline whose run hangs is tried again,
     * as another text of the run may be at fault.
     *
     * @param deadlineNanos on {@link System#nanoTime()}'s scale; at that time the future fails with {@link
     *     DeadlineExceededException}, and a text not yet run is dropped; {@link Long#MAX_VALUE} for none
     * @return the unit vector, owned by the caller; fails with an {@link InferenceException}. Completes on an inference
     *     thread, which must not be blocked
     */
    @Override
    public CompletableFuture<float[]> embed(String text, TextRole role, long deadlineNanos) {
        long asked = now();
        LoadedEmbedder model = model();
        CompletableFuture<float[]> vector = new CompletableFuture<>();
        Priority priority = role == TextRole.QUERY ? Priority.QUERY_EMBEDDING : Priority.PASSAGE_EMBEDDING;
        tokenize(new TokenizationTask(1, text.length(), priority, deadlineNanos, vector, () -> {
            Encoding encoding = model.embedder.encode(text, role);
            FutureTask<float[]> task = new FutureTask<>(encoding, priority, deadlineNanos, asked, vector);
            model.batcher.submit(List.of(task), List.of(), deadlineNanos);
        }));
        return role == TextRole.PASSAGE && deadlineNanos == Long.MAX_VALUE ? unlessHung(model, text, vector) : vector;
    }

    /** Returns a future that waits on if the run of the first attempt hangs. */
    private static CompletableFuture<float[]> unlessHung(
            LoadedEmbedder model, String text, CompletableFuture<float[]> first) {
        CompletableFuture<float[]> last = new CompletableFuture<>();
        CompletableFuture<?> unused = first.whenComplete((vector, failure) -> {
            if (failure instanceof HungException hung) {
                model.hung.add(text, last, hung);
            } else {
                HungTexts.complete(last, vector, failure);
            }
        });
        return last;
    }

    private record BatchedEmbedder(String key, Embedder model) implements BatchModel<float[]> {
        @Override
        public void close(boolean sound) {
            IdleModels.OF_PROCESS.giveBack(key, Embedder.class, model, sound);
        }

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
