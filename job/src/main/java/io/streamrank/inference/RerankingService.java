// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import io.streamrank.inference.batching.BatchModel;
import io.streamrank.inference.batching.TokenizationTask;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.CrossEncoder.KeptDocuments;
import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelFactory;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.inference.pairs.PairEncoder;
import io.streamrank.inference.pairs.PairScorer;
import io.streamrank.inference.service.PassageReranker;
import io.streamrank.inference.stats.CacheStats;
import io.streamrank.inference.workers.IdleModels;
import io.streamrank.inference.workers.Priority;
import io.streamrank.inference.workers.SharedModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Scores queries against passages with a cross-encoder; pairs of concurrent queries share batches. Thread-safe. */
public final class RerankingService extends SharedService<RerankingService.LoadedReranker> implements PassageReranker {
    private static final SharedModels<Shared<LoadedReranker>> SHARED = new SharedModels<>();

    private RerankingService(SharedModels.Use<Shared<LoadedReranker>> use) {
        super(use);
    }

    record LoadedReranker(CrossEncoder encoder, PairScorer scorer) {}

    static RerankingService open(
            ModelFactory<CrossEncoder> factory, BatchPolicy policy, PairPolicy pairs, int workers, Duration runTimeout)
            throws ModelException {
        String model = factory.key() + " " + pairs.documentCacheBytes();
        return new RerankingService(SHARED.open(
                factory.key() + " " + policy + " " + pairs + " " + workers + " " + runTimeout,
                () -> start(
                        model,
                        IdleModels.OF_PROCESS.open(
                                model,
                                CrossEncoder.class,
                                () -> factory.open().keepingDocuments(pairs.documentCacheBytes())),
                        policy,
                        pairs,
                        workers,
                        runTimeout)));
    }

    private static Shared<LoadedReranker> start(
            String key, CrossEncoder encoder, BatchPolicy policy, PairPolicy pairs, int workers, Duration runTimeout)
            throws ModelException {
        PairEncoder pairEncoder;
        try {
            pairEncoder = PairEncoder.of(encoder, pairs);
        } catch (ModelException e) {
            encoder.close();
            throw e;
        }
        return Shared.start(
                new BatchedCrossEncoder(key, encoder),
                policy,
                workers,
                runTimeout,
                batcher -> new LoadedReranker(encoder, new PairScorer(pairEncoder, pairs, batcher)));
    }

    /** Returns what the model makes of a logit, see {@link CrossEncoder#relevance}. */
    @Override
    public double relevance(float logit) {
        return model().encoder.relevance(logit);
    }

    /** Returns how often tokens of texts were found, over all users of the model. */
    @Override
    public CacheStats tokenCache() {
        return model().scorer.tokenCache();
    }

    /** Returns how often scores of pairs were found, over all users of the model; once for the same passage in a query. */
    @Override
    public CacheStats scoreCache() {
        return model().scorer.scoreCache();
    }

    @Override
    public KeptDocuments documentCache() {
        return model().encoder.keptDocuments();
    }

    /**
     * Scores one query against its candidates. A pair that was scored lately is not scored again, and one that is being
     * scored is waited for.
     *
     * @param deadlineNanos on {@link System#nanoTime()}'s scale; at that time the future fails with {@link
     *     DeadlineExceededException}, and pairs not yet run are dropped; where the model would not be done by then, going
     *     by its throughput and what waits, it fails with {@link OverloadException} before anything is run; {@link
     *     Long#MAX_VALUE} for none
     * @return one outcome a passage, in their order; a pair that fails does so alone. Fails with an {@link
     *     InferenceException} where nothing could be scored. Completes on an inference thread, which must not be blocked
     */
    @Override
    public CompletableFuture<List<PairOutcome>> score(String query, List<String> passages, long deadlineNanos) {
        long asked = now();
        if (passages.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        CompletableFuture<List<PairOutcome>> answer = new CompletableFuture<>();
        List<String> texts = List.copyOf(passages);
        long characters = (long) texts.size() * query.length();
        for (String text : texts) {
            characters += text.length();
        }
        PairScorer scorer = model().scorer;
        tokenize(new TokenizationTask(
                texts.size(),
                characters,
                Priority.RERANKING,
                deadlineNanos,
                answer,
                () -> scorer.score(query, texts, asked, deadlineNanos, answer)));
        return answer;
    }

    private record BatchedCrossEncoder(String key, CrossEncoder model) implements BatchModel<Float> {
        @Override
        public void close(boolean sound) {
            IdleModels.OF_PROCESS.giveBack(key, CrossEncoder.class, model, sound);
        }

        @Override
        public List<Float> run(List<Encoding> batch) throws InferenceException {
            float[] logits = model.logits(batch);
            List<Float> results = new ArrayList<>(logits.length);
            for (float logit : logits) {
                results.add(logit);
            }
            return results;
        }

        @Override
        public @Nullable String validate(Float logit) {
            return Float.isFinite(logit) ? null : "its logit is " + logit;
        }
    }
}
