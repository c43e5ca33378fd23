// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import io.streamrank.inference.PairEncoder.Question;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    static RerankingService open(ModelFactory<CrossEncoder> factory, BatchPolicy policy, PairPolicy pairs)
            throws ModelException {
        return new RerankingService(SHARED.open(
                factory.key() + " " + policy + " " + pairs, () -> Shared.start(factory.open(), policy, pairs)));
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

    /** Of texts' tokens, over all users of the model. */
    public CacheStats tokenCache() {
        return use.model().pairs.cacheStats();
    }

    /**
     * Scores one query against its candidates; pairs of concurrent queries share batches, and identical passages are
     * scored once.
     *
     * @param deadlineNanos on {@link System#nanoTime()}'s scale; at that time the future fails with {@link
     *     DeadlineExceededException}, and pairs not yet run are dropped; {@link Long#MAX_VALUE} for none
     * @return one score a passage, in their order; a pair that fails is blamed alone. Fails with an {@link
     *     InferenceException} where nothing could be scored. Completes on an inference thread, which must not be blocked
     */
    public CompletableFuture<List<PairScore>> score(String query, List<String> passages, long deadlineNanos) {
        CompletableFuture<List<PairScore>> scores = new CompletableFuture<>();
        if (passages.isEmpty()) {
            scores.complete(List.of());
            return scores;
        }
        try {
            if (closed.get()) {
                throw new InferenceException("This use of model " + info().name() + " is closed; open it again.");
            }
            List<String> texts = List.copyOf(passages);
            long characters = texts.stream()
                    .mapToLong(text -> text.length() + query.length())
                    .sum();
            Shared shared = use.model();
            shared.batcher.prepare(new Preparation(
                    characters, deadlineNanos, scores, () -> shared.score(query, texts, deadlineNanos, scores)));
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

    /** One pair on its way: its encoding, or null where it has none, and its logit to come. */
    private record Pair(@Nullable Encoding encoding, CompletableFuture<Float> logit) {
        @Nullable
        Throwable failure() {
            return logit.handle((value, failure) -> failure).join();
        }

        PairScore score() {
            int tokens = encoding == null ? 0 : encoding.tokens();
            boolean truncated = encoding != null && encoding.truncated();
            Throwable failure = failure();
            return failure == null
                    ? new PairScore(logit.join(), tokens, truncated, null)
                    : new PairScore(Float.NaN, tokens, truncated, String.valueOf(failure.getMessage()));
        }
    }

    private record Shared(CrossEncoder encoder, PairEncoder pairs, Batcher<Float> batcher) implements AutoCloseable {
        static Shared start(CrossEncoder encoder, BatchPolicy policy, PairPolicy pairs) {
            return new Shared(
                    encoder,
                    new PairEncoder(encoder, pairs),
                    new Batcher<>(new Batched(encoder), policy, Patience.DEFAULT));
        }

        void score(String query, List<String> texts, long deadlineNanos, CompletableFuture<List<PairScore>> scores)
                throws InferenceException {
            Question question = pairs.question(query);
            Map<String, Pair> asked = new LinkedHashMap<>();
            List<Task<Float>> tasks = new ArrayList<>();
            for (String text : texts) {
                if (scores.isDone()) {
                    return; // too late already
                }
                if (!asked.containsKey(text)) {
                    Pair pair = encode(question, text);
                    asked.put(text, pair);
                    if (pair.encoding() != null) {
                        tasks.add(new Task<>(pair.encoding(), true, deadlineNanos, pair.logit()));
                    }
                }
            }
            batcher.submit(tasks);
            List<Pair> inOrder = texts.stream().map(asked::get).toList();
            CompletableFuture<?> unused = CompletableFuture.allOf(
                            inOrder.stream().map(Pair::logit).toArray(CompletableFuture<?>[]::new))
                    .whenComplete((done, failure) -> complete(scores, inOrder));
            // Whoever stops waiting takes the pairs that have not run along.
            CompletableFuture<?> ignored = scores.whenComplete(
                    (done, failure) -> tasks.forEach(task -> task.result().cancel(false)));
        }

        private static void complete(CompletableFuture<List<PairScore>> scores, List<Pair> pairs) {
            for (Pair pair : pairs) {
                Throwable failure = pair.failure();
                if (failure instanceof UnavailableException || failure instanceof DeadlineExceededException) {
                    scores.completeExceptionally(failure);
                    return;
                }
            }
            scores.complete(pairs.stream().map(Pair::score).toList());
        }

        private static Pair encode(Question question, String text) {
            CompletableFuture<Float> logit = new CompletableFuture<>();
            try {
                return new Pair(question.with(text), logit);
            } catch (RuntimeException e) {
                logit.completeExceptionally(new InferenceException("The pair could not be tokenised: " + e, e));
                return new Pair(null, logit);
            }
        }

        @Override
        public void close() {
            batcher.close();
        }
    }

    private record Batched(CrossEncoder encoder) implements BatchModel<Float> {
        @Override
        public String name() {
            return encoder.info().name();
        }

        @Override
        public int maxBatchSize() {
            return encoder.maxBatchSize();
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
