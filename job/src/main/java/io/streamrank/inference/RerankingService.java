// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import io.streamrank.inference.batching.BatchModel;
import io.streamrank.inference.batching.Batcher;
import io.streamrank.inference.batching.RunTimeouts;
import io.streamrank.inference.batching.TokenizationTask;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.BatchStats;
import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.CacheStats;
import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelFactory;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.inference.model.PairScore;
import io.streamrank.inference.model.RecentTimes;
import io.streamrank.inference.model.UnavailableException;
import io.streamrank.inference.pairs.PairEncoder;
import io.streamrank.inference.pairs.PairScorer;
import io.streamrank.inference.workers.Priority;
import io.streamrank.inference.workers.SharedModels;
import io.streamrank.inference.workers.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One JVM's cross-encoder, shared by all that opened it, with batching across queries in front. Thread-safe. */
public final class RerankingService implements AutoCloseable {
    private static final SharedModels<Shared> SHARED = new SharedModels<>();

    private final SharedModels.Use<Shared> use;
    private final AtomicBoolean closed = new AtomicBoolean();

    private RerankingService(SharedModels.Use<Shared> use) {
        this.use = use;
    }

    static RerankingService open(
            ModelFactory<CrossEncoder> factory, BatchPolicy policy, PairPolicy pairs, int workers, Duration runTimeout)
            throws ModelException {
        return new RerankingService(SHARED.open(
                factory.key() + " " + policy + " " + pairs + " " + workers + " " + runTimeout,
                () -> Shared.start(factory.open(), policy, pairs, workers, new RunTimeouts(runTimeout))));
    }

    public ModelInfo info() {
        return use.model().encoder.info();
    }

    /** See {@link CrossEncoder#relevance}. */
    public double relevance(float logit) {
        return use.model().encoder.relevance(logit);
    }

    /** Over all users of the model. */
    public BatchStats stats() {
        return use.model().batcher.stats();
    }

    /** Over all users of the model. */
    public RecentTimes recentTimes() {
        return use.model().batcher.recentTimes();
    }

    /** Of texts' tokens, over all users of the model. */
    public CacheStats tokenCache() {
        return use.model().scorer.tokenCache();
    }

    /** Of pairs' scores, over all users of the model; the same passage twice in a query is asked for once. */
    public CacheStats scoreCache() {
        return use.model().scorer.scoreCache();
    }

    /**
     * Scores one query against its candidates. Pairs of concurrent queries share batches; a pair that was scored lately
     * is not scored again, and one that is being scored is waited for.
     *
     * @param deadlineNanos on {@link System#nanoTime()}'s scale; at that time the future fails with {@link
     *     DeadlineExceededException}, and pairs not yet run are dropped; where the model would not be done by then, going
     *     by its pace and what waits, it fails with {@link OverloadException} before anything is run; {@link
     *     Long#MAX_VALUE} for none
     * @return one score a passage, in their order; a pair that fails is blamed alone. Fails with an {@link
     *     InferenceException} where nothing could be scored. Completes on an inference thread, which must not be blocked
     */
    public CompletableFuture<List<PairScore>> score(String query, List<String> passages, long deadlineNanos) {
        long asked = System.nanoTime();
        CompletableFuture<List<PairScore>> scores = new CompletableFuture<>();
        if (passages.isEmpty()) {
            scores.complete(List.of());
            return scores;
        }
        try {
            if (closed.get()) {
                throw new UnavailableException("This use of model " + info().name() + " is closed; open it again.");
            }
            List<String> texts = List.copyOf(passages);
            long characters = texts.stream()
                    .mapToLong(text -> text.length() + query.length())
                    .sum();
            Shared shared = use.model();
            shared.batcher.prepare(new TokenizationTask(
                    texts.size(),
                    characters,
                    true,
                    deadlineNanos,
                    scores,
                    () -> shared.scorer.score(query, texts, asked, deadlineNanos, scores)));
        } catch (InferenceException e) {
            scores.completeExceptionally(e);
        }
        return scores;
    }

    /** Gives this use back; the model is unloaded with its last use, and what waits for it then fails. */
    @Override
    public void close() {
        closed.set(true);
        use.giveBack().run();
    }

    private record Shared(CrossEncoder encoder, PairScorer scorer, Batcher<Float> batcher, Runnable giveWorkersBack)
            implements SharedModels.Loaded {
        static Shared start(CrossEncoder encoder, BatchPolicy policy, PairPolicy pairs, int size, RunTimeouts patience)
                throws ModelException {
            PairEncoder pairEncoder;
            try {
                pairEncoder = PairEncoder.of(encoder, pairs);
            } catch (ModelException e) {
                encoder.close();
                throw e;
            }
            SharedModels.Use<Workers> workers = Workers.share(size);
            Batcher<Float> batcher = new Batcher<>(new Batched(encoder), policy, patience, workers.model());
            PairScorer scorer = new PairScorer(pairEncoder, pairs, batcher, batcher::submit);
            return new Shared(encoder, scorer, batcher, workers.giveBack());
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

    private record Batched(CrossEncoder encoder) implements BatchModel<Float> {
        @Override
        public String name() {
            return encoder.info().name();
        }

        @Override
        public Priority precedence(boolean urgent) {
            return Priority.RERANKING;
        }

        @Override
        public int maxBatchSize() {
            return encoder.maxBatchSize();
        }

        @Override
        public Batching batching() {
            return encoder.batching();
        }

        @Override
        public List<Float> run(List<Encoding> batch) throws InferenceException {
            float[] logits = encoder.logits(batch);
            List<Float> results = new ArrayList<>(logits.length);
            for (float logit : logits) {
                results.add(logit);
            }
            return results;
        }

        @Override
        public @Nullable String flaw(Float logit) {
            return Float.isFinite(logit) ? null : "its logit is " + logit;
        }

        @Override
        public void close() {
            encoder.close();
        }
    }
}
