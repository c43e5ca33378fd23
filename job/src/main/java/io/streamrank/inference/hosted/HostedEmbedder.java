// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import io.streamrank.inference.endpoint.Endpoint;
import io.streamrank.inference.endpoint.Urgency;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.model.ModelOutOfReachException;
import io.streamrank.inference.model.TextRole;
import io.streamrank.inference.service.ServiceFactory;
import io.streamrank.inference.service.TextEmbedder;
import io.streamrank.inference.workers.SharedModels;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.LongAdder;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Embeds with a model behind an API: a query at once and alone, documents in batches. Thread-safe. */
public final class HostedEmbedder extends HostedService<HostedEmbedder.Loaded> implements TextEmbedder {
    private static final Logger LOG = LoggerFactory.getLogger(HostedEmbedder.class);
    private static final SharedModels<Loaded> SHARED = new SharedModels<>();

    private HostedEmbedder(SharedModels.Use<Loaded> use) {
        super(use);
    }

    /** Returns a factory of the embedder. */
    public static ServiceFactory<TextEmbedder> factory(HostedSpec spec) {
        return new Factory(spec);
    }

    private record Factory(HostedSpec spec) implements ServiceFactory<TextEmbedder> {
        @Override
        public TextEmbedder open() throws ModelException {
            return new HostedEmbedder(SHARED.open(
                    spec.toString(), () -> EndpointProbe.open(spec.embed(), probe -> Loaded.open(spec, probe))));
        }
    }

    record Loaded(
            HostedSpec spec,
            Endpoint endpoint,
            EmbedCodec codec,
            int dimension,
            ModelInfo info,
            EmbeddingRequestBatcher documents,
            LongAdder queries)
            implements Opened {
        private static Loaded open(HostedSpec spec, EndpointProbe probe) throws ModelException {
            TeiInfo server = TeiInfo.read(spec, "embedding", probe);
            if (server == null && spec.provider() == Provider.TEI) { // its name is part of the fingerprint
                throw new ModelOutOfReachException(
                        "Embedder " + spec.uri() + " could not be asked under /info which model it serves: "
                                + probe.why() + " Start its server; the job asks again when it restarts.",
                        new IOException(probe.why()));
            }
            EmbedCodec asked = new EmbedCodec(spec.provider(), spec.model(), spec.dimensions(), true);
            Probed probed = probe(spec, asked, probe);
            int dimension = dimension(spec, probed, probe);
            String identity = String.join(
                    "\n",
                    spec.provider().scheme(),
                    server == null ? spec.model() : server.model(),
                    Integer.toString(dimension),
                    spec.queryPrefix(),
                    spec.passagePrefix());
            int most = server == null ? spec.provider().mostTexts() : server.mostTexts();
            return new Loaded(
                    spec,
                    probe.endpoint(),
                    probed.codec,
                    dimension,
                    new ModelInfo(spec.uri(), DigestUtils.sha256Hex(identity), 0),
                    new EmbeddingRequestBatcher(probe.endpoint(), probed.codec, dimension, most),
                    new LongAdder());
        }

        /** Returns the vectors' length, as the model gave it or as the user says. */
        private static int dimension(HostedSpec spec, Probed probed, EndpointProbe probe) throws ModelException {
            Integer wanted = spec.dimensions();
            if (probed.dimension == 0 && wanted == null) {
                throw new ModelOutOfReachException(
                        "Embedder " + spec.uri() + " could not be asked for the length of its vectors: " + probe.why()
                                + " Set models.embedder.dimensions for a job that starts without it.",
                        new IOException(probe.why()));
            }
            if (probed.dimension == 0) {
                LOG.warn(
                        "Embedder {} could not be checked: {} Documents wait until it answers.",
                        spec.uri(),
                        probe.why());
            }
            if (wanted != null && probed.dimension != 0 && probed.dimension != wanted) {
                throw new ModelException(spec.uri() + " gives vectors of " + probed.dimension
                        + " numbers where models.embedder.dimensions asks for " + wanted
                        + "; leave that out, or choose a model that can shorten its vectors.");
            }
            return probed.dimension == 0 && wanted != null ? wanted : probed.dimension;
        }

        @Override
        public long items() {
            return queries.sum() + documents.embedded();
        }
    }

    /** @param dimension 0 where the endpoint could not answer */
    private record Probed(EmbedCodec codec, int dimension) {}

    /** Embeds a word: that shows whether key, name and address are right, what comes back, and whether bytes are offered. */
    private static Probed probe(HostedSpec spec, EmbedCodec codec, EndpointProbe probe) throws ModelException {
        if (codec.offersBase64() && codec.base64()) {
            try {
                return probeOnce(spec, codec, probe);
            } catch (ModelException refused) {
                LOG.info("{} is asked for numbers instead of bytes: {}", spec.uri(), refused.getMessage());
            }
        }
        return probeOnce(spec, codec.withoutBase64(), probe);
    }

    private static Probed probeOnce(HostedSpec spec, EmbedCodec codec, EndpointProbe probe) throws ModelException {
        List<float @Nullable []> vectors = probe.ask(
                codec.request(List.of(EndpointProbe.PROBE), TextRole.QUERY), 1, body -> codec.read(body, 1, 0));
        if (vectors == null) {
            return new Probed(codec, 0);
        }
        float[] vector = vectors.get(0);
        if (vector == null) {
            throw new ModelException(spec.uri() + " gives a vector that is zero or not finite; choose another model.");
        }
        return new Probed(codec, vector.length);
    }

    @Override
    public CompletableFuture<float[]> embed(String text, TextRole role, long deadlineNanos) {
        Loaded model = model();
        if (role == TextRole.PASSAGE) {
            return model.documents.embed(model.spec.passagePrefix() + text);
        }
        String query = model.spec.queryPrefix() + text;
        return model.endpoint
                .post(
                        model.codec.request(List.of(query), role),
                        ApiJson.estimate(query),
                        Urgency.QUERY,
                        deadlineNanos,
                        body -> model.codec.read(body, 1, model.dimension))
                .thenApply(answer -> {
                    float[] vector = answer.value().get(0);
                    if (vector == null) {
                        throw new CompletionException(new InferenceException(
                                model.info.name() + " gave the query a vector that is zero or not finite."));
                    }
                    model.queries.increment();
                    return vector;
                });
    }

    @Override
    public int dimension() {
        return model().dimension;
    }
}
