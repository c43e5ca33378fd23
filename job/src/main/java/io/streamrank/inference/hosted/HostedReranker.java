// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import io.streamrank.inference.endpoint.Endpoint;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.service.PassageReranker;
import io.streamrank.inference.service.ServiceFactory;
import io.streamrank.inference.stats.CacheStats;
import io.streamrank.inference.workers.SharedModels;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
                    () -> EndpointProbe.open(spec.rerank(), probe -> Loaded.open(spec, scoreCacheBytes, probe))));
        }
    }

    record Loaded(
            Endpoint endpoint, RerankCodec codec, int mostPairs, ModelInfo info, ScoreStore scores, LongAdder pairs)
            implements Opened {
        private static Loaded open(HostedSpec spec, long scoreCacheBytes, EndpointProbe probe) throws ModelException {
            TeiInfo server = TeiInfo.read(spec, "reranker", probe);
            RerankCodec codec = new RerankCodec(spec.provider(), spec.model());
            double[] scores = probe.ask(
                    codec.request(EndpointProbe.PROBE, List.of(EndpointProbe.PROBE)), 2, body -> codec.read(body, 1));
            if (scores == null) {
                LOG.warn(
                        "Reranker {} could not be checked: {} Queries are answered in retrieval order until it answers.",
                        spec.uri(),
                        probe.why());
            }
            return new Loaded(
                    probe.endpoint(),
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
        return HostedQuery.of(model(), query, passages, deadlineNanos).outcomes();
    }

    static double sigmoid(double logit) {
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
