// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import io.streamrank.inference.endpoint.Endpoint;
import io.streamrank.inference.endpoint.EndpointAnswer;
import io.streamrank.inference.endpoint.Urgency;
import io.streamrank.inference.model.Bill;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairOutcome.Rated;
import io.streamrank.inference.pairs.Digest;
import io.streamrank.inference.service.PassageReranker;
import io.streamrank.inference.service.ServiceFactory;
import io.streamrank.inference.stats.CacheStats;
import io.streamrank.inference.workers.SharedModels;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.commons.codec.digest.DigestUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores with a reranker behind an API. One query is one request; only what is more than the API takes at once is split, and only
 * where scores of two requests can be compared. Thread-safe.
 */
public final class HostedReranker extends HostedService<HostedReranker.Loaded> implements PassageReranker {
    private static final Logger LOG = LoggerFactory.getLogger(HostedReranker.class);
    private static final SharedModels<Loaded> SHARED = new SharedModels<>();

    private HostedReranker(SharedModels.Use<Loaded> use) {
        super(use);
    }

    /**
     * Returns a factory of the reranker.
     *
     * @param scoreCacheBytes for scores of pairs, about; 0 for none
     */
    public static ServiceFactory<PassageReranker> factory(HostedSpec spec, long scoreCacheBytes) {
        return new Factory(spec, scoreCacheBytes);
    }

    private record Factory(HostedSpec spec, long scoreCacheBytes) implements ServiceFactory<PassageReranker> {
        @Override
        public PassageReranker open() throws ModelException {
            return new HostedReranker(SHARED.open(
                    spec + " " + scoreCacheBytes,
                    () -> Opening.open(spec.rerank(), opening -> Loaded.open(spec, scoreCacheBytes, opening))));
        }
    }

    record Loaded(
            Endpoint endpoint, RerankCodec codec, int mostPairs, ModelInfo info, ScoreStore scores, LongAdder pairs)
            implements Opened {
        private static Loaded open(HostedSpec spec, long scoreCacheBytes, Opening opening) throws ModelException {
            TeiInfo server = TeiInfo.read(spec, "reranker", opening);
            RerankCodec codec = new RerankCodec(spec.provider(), spec.model());
            double[] scores =
                    opening.ask(codec.request(Opening.PROBE, List.of(Opening.PROBE)), 2, body -> codec.read(body, 1));
            if (scores == null) {
                LOG.warn(
                        "Reranker {} could not be checked: {} Queries are answered in retrieval order until it answers.",
                        spec.uri(),
                        opening.why());
            }
            return new Loaded(
                    opening.endpoint(),
                    codec,
                    server == null ? spec.provider().mostPairs() : server.mostTexts(),
                    new ModelInfo(spec.uri(), DigestUtils.sha256Hex(spec.uri()), 0),
                    new ScoreStore(scoreCacheBytes),
                    new LongAdder());
        }

        @Override
        public long items() {
            return pairs.sum();
        }
    }

    @Override
    public CompletableFuture<List<PairOutcome>> score(String query, List<String> passages, long deadlineNanos) {
        Loaded model = model();
        List<String> distinct = List.copyOf(new LinkedHashSet<>(passages));
        Digest context = ScoreStore.context(query, model.codec.isPointwise() ? List.of() : distinct);
        Map<String, PairOutcome> outcomes = new ConcurrentHashMap<>();
        List<String> unknown = new ArrayList<>();
        for (String passage : distinct) {
            Double known = model.scores.get(context, passage);
            if (known == null) {
                unknown.add(passage);
            } else {
                outcomes.put(passage, rated(model, known, 0, Bill.SAVED));
            }
        }
        if (!unknown.isEmpty() && !model.codec.isPointwise()) {
            unknown = distinct; // each score depends on all passages
        }
        List<CompletableFuture<?>> requests = new ArrayList<>();
        int most = model.codec.isPointwise() ? model.mostPairs : Math.max(1, unknown.size());
        for (int from = 0; from < unknown.size(); from += most) {
            List<String> part = unknown.subList(from, Math.min(from + most, unknown.size()));
            requests.add(ask(model, query, part, deadlineNanos)
                    .thenAccept(answer -> keep(model, context, part, answer, outcomes)));
        }
        return CompletableFuture.allOf(requests.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> inOrder(passages, outcomes));
    }

    private static CompletableFuture<EndpointAnswer<double[]>> ask(
            Loaded model, String query, List<String> part, long deadlineNanos) {
        long tokens = part.size() * Answers.estimate(query)
                + part.stream().mapToLong(Answers::estimate).sum();
        return model.endpoint.post(
                model.codec.request(query, part),
                tokens,
                Urgency.QUERY,
                deadlineNanos,
                body -> model.codec.read(body, part.size()));
    }

    private static void keep(
            Loaded model,
            Digest context,
            List<String> part,
            EndpointAnswer<double[]> answer,
            Map<String, PairOutcome> outcomes) {
        model.pairs.add(part.size());
        int tokens = (int) Math.min(Integer.MAX_VALUE, answer.tokens());
        Bill bill = new Bill(answer.searchUnits(), answer.searchUnits() > 0 ? 0 : answer.tokens(), 0);
        for (int i = 0; i < part.size(); i++) {
            double score = answer.value()[i];
            model.scores.put(context, part.get(i), score);
            outcomes.put(part.get(i), rated(model, score, i == 0 ? tokens : 0, i == 0 ? bill : Bill.NONE));
        }
    }

    private static Rated rated(Loaded model, double score, int tokens, Bill bill) {
        return model.codec.givesLogits()
                ? new Rated(sigmoid(score), (float) score, tokens, bill)
                : new Rated(score, null, tokens, bill);
    }

    /** Repeats the outcome of a text that is there twice, but not its bill. */
    private static List<PairOutcome> inOrder(List<String> passages, Map<String, PairOutcome> outcomes) {
        List<PairOutcome> ordered = new ArrayList<>(passages.size());
        for (String passage : passages) {
            PairOutcome outcome = outcomes.get(passage);
            if (!(outcome instanceof Rated rated)) {
                throw new IllegalStateException("a passage has no outcome");
            }
            ordered.add(rated);
            outcomes.put(passage, new Rated(rated.relevance(), rated.logit(), 0, Bill.NONE));
        }
        return ordered;
    }

    private static double sigmoid(double logit) {
        return 1 / (1 + Math.exp(-logit));
    }

    @Override
    public double relevance(float logit) {
        return sigmoid(logit);
    }

    @Override
    public CacheStats tokenCache() {
        return new CacheStats(0, 0);
    }

    @Override
    public CacheStats scoreCache() {
        return model().scores.stats();
    }
}
