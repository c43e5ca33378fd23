// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import io.streamrank.inference.batching.BatchModel;
import io.streamrank.inference.batching.Batcher;
import io.streamrank.inference.batching.InferenceTask;
import io.streamrank.inference.batching.RunTimeouts;
import io.streamrank.inference.batching.TokenizationTask;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.BatchStats;
import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.Embedder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelFactory;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.model.RecentTimes;
import io.streamrank.inference.model.TextRole;
import io.streamrank.inference.model.UnavailableException;
import io.streamrank.inference.workers.Priority;
import io.streamrank.inference.workers.SharedModels;
import io.streamrank.inference.workers.Workers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One JVM's embedder, shared by all that opened it, with batching in front. Thread-safe. Queries go before passages, so
 * that loading a corpus does not hold them up.
 */
public final class EmbeddingService implements AutoCloseable {
    private static final SharedModels<Shared> SHARED = new SharedModels<>();

    private final SharedModels.Use<Shared> use;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddingService(SharedModels.Use<Shared> use) {
        this.use = use;
    }

    static EmbeddingService open(ModelFactory<Embedder> factory, BatchPolicy policy, int workers, Duration runTimeout)
            throws ModelException {
        return new EmbeddingService(SHARED.open(
                factory.key() + " " + policy + " " + workers + " " + runTimeout,
                () -> Shared.start(factory.open(), policy, workers, new RunTimeouts(runTimeout))));
    }

    public ModelInfo info() {
        return use.model().embedder.info();
    }

    public int dimension() {
        return use.model().embedder.dimension();
    }

    /** Over all users of the model. */
    public BatchStats stats() {
        return use.model().batcher.stats();
    }

    /** Over all users of the model. */
    public RecentTimes recentTimes() {
        return use.model().batcher.recentTimes();
    }

    /**
     * Embeds one text; texts of concurrent callers share batches.
     *
     * @param deadlineNanos on {@link System#nanoTime()}'s scale; at that time the future fails with {@link
     *     DeadlineExceededException}, and a text not yet run is dropped; {@link Long#MAX_VALUE} for none
     * @return the unit vector, owned by the caller; fails with an {@link InferenceException}. Completes on an inference
     *     thread, which must not be blocked
     */
    public CompletableFuture<float[]> embed(String text, TextRole role, long deadlineNanos) {
        long asked = System.nanoTime();
        CompletableFuture<float[]> vector = new CompletableFuture<>();
        Shared shared = use.model();
        try {
            if (closed.get()) {
                throw new UnavailableException("This use of model " + info().name() + " is closed; open it again.");
            }
            boolean urgent = role == TextRole.QUERY;
            shared.batcher.prepare(new TokenizationTask(1, text.length(), urgent, deadlineNanos, vector, () -> {
                Encoding encoding = shared.embedder.encode(text, role);
                shared.batcher.submit(List.of(new InferenceTask<>(encoding, urgent, deadlineNanos, vector, asked)));
            }));
        } catch (InferenceException e) {
            vector.completeExceptionally(e);
        }
        return vector;
    }

    /** Gives this use back; the model is unloaded with its last use, and what waits for it then fails. */
    @Override
    public void close() {
        closed.set(true);
        use.giveBack().run();
    }

    private record Shared(Embedder embedder, Batcher<float[]> batcher, Runnable giveWorkersBack)
            implements SharedModels.Loaded {
        static Shared start(Embedder embedder, BatchPolicy policy, int size, RunTimeouts patience)
                throws ModelException {
            SharedModels.Use<Workers> workers = Workers.share(size);
            Batcher<float[]> batcher = new Batcher<>(new Batched(embedder), policy, patience, workers.model());
            return new Shared(embedder, batcher, workers.giveBack());
        }

        @Override
        public boolean isUsable() {
            return batcher.isUsable();
        }

        @Override
        public void close() {
            batcher.close();
            giveWorkersBack.run();
        }
    }

    private record Batched(Embedder embedder) implements BatchModel<float[]> {
        @Override
        public String name() {
            return embedder.info().name();
        }

        @Override
        public Priority precedence(boolean urgent) {
            return urgent ? Priority.QUERY_EMBEDDING : Priority.PASSAGE_EMBEDDING;
        }

        @Override
        public int maxBatchSize() {
            return embedder.maxBatchSize();
        }

        @Override
        public Batching batching() {
            return embedder.batching();
        }

        @Override
        public List<float[]> run(List<Encoding> batch) throws InferenceException {
            return Arrays.asList(embedder.embed(batch));
        }

        @Override
        public @Nullable String flaw(float[] vector) {
            for (float value : vector) {
                if (!Float.isFinite(value)) {
                    return "its vector holds a number that is not finite";
                }
            }
            return null;
        }

        @Override
        public void close() {
            embedder.close();
        }
    }
}
