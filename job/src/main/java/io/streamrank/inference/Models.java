// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.Embedder;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelFactory;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.inference.service.HostedServices;
import io.streamrank.inference.service.PassageReranker;
import io.streamrank.inference.service.TextEmbedder;
import io.streamrank.inference.workers.IdleModels;
import io.streamrank.inference.workers.SharedModels;
import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Opens the job's models, and says how their work is batched. Opening the same models twice in a JVM loads them once.
 *
 * @param firstStage the first stage of a cascade, which cuts the candidates; null for none
 * @param workers runs of all models together at the same time; 0 for one a core. What asks for the same number in a JVM
 *     shares one budget
 * @param runTimeout after this a run counts as hung: who waits for it is told, and its thread is left to itself
 * @param hosted models behind an API, which take the place of the local ones
 */
public record Models(
        ModelFactory<Embedder> embedder,
        ModelFactory<CrossEncoder> crossEncoder,
        @Nullable CascadeStage firstStage,
        BatchPolicy embedding,
        BatchPolicy reranking,
        PairPolicy pairs,
        int workers,
        Duration runTimeout,
        HostedServices hosted)
        implements Serializable {
    /** Longer than the largest batch of the largest model takes on a loaded core. */
    public static final Duration RUN_TIMEOUT = Duration.ofMinutes(2);

    private static final SharedModels<Fingerprint> FINGERPRINTS = new SharedModels<>();

    public Models(
            ModelFactory<Embedder> embedder,
            ModelFactory<CrossEncoder> crossEncoder,
            @Nullable CascadeStage firstStage,
            BatchPolicy embedding,
            BatchPolicy reranking,
            PairPolicy pairs,
            int workers) {
        this(embedder, crossEncoder, firstStage, embedding, reranking, pairs, workers, RUN_TIMEOUT);
    }

    public Models(
            ModelFactory<Embedder> embedder,
            ModelFactory<CrossEncoder> crossEncoder,
            @Nullable CascadeStage firstStage,
            BatchPolicy embedding,
            BatchPolicy reranking,
            PairPolicy pairs,
            int workers,
            Duration runTimeout) {
        this(embedder, crossEncoder, firstStage, embedding, reranking, pairs, workers, runTimeout, HostedServices.NONE);
    }

    public Models(
            ModelFactory<Embedder> embedder,
            ModelFactory<CrossEncoder> crossEncoder,
            BatchPolicy embedding,
            BatchPolicy reranking) {
        this(embedder, crossEncoder, null, embedding, reranking, PairPolicy.defaults(), 0);
    }

    /** Returns the models on that GPU, where their factories leave open which. */
    public Models on(int gpu) {
        return new Models(
                embedder.on(gpu),
                crossEncoder.on(gpu),
                firstStage == null
                        ? null
                        : new CascadeStage(firstStage.crossEncoder().on(gpu), firstStage.keep()),
                embedding,
                reranking,
                pairs,
                workers,
                runTimeout,
                hosted);
    }

    /** Returns these models with hosted ones in the place of local ones. */
    public Models with(HostedServices services) {
        return new Models(
                embedder, crossEncoder, firstStage, embedding, reranking, pairs, workers, runTimeout, services);
    }

    /** Returns whether there is an embedder. Else documents and queries bring their vectors. */
    public boolean hasEmbedder() {
        return hosted.embedder() != null || !(embedder instanceof OwnVectors);
    }

    /** Keeps local models open from now on that nobody uses any more, until the job {@link #leave leaves} this process. */
    public static void enter(String job) {
        IdleModels.OF_PROCESS.enter(job);
    }

    /** Closes the models that are kept open for jobs, if this is the last one. */
    public static void leave(String job) {
        IdleModels.OF_PROCESS.leave(job);
    }

    public TextEmbedder openEmbedder() throws ModelException {
        return hosted.embedder() != null
                ? hosted.embedder().open()
                : EmbeddingService.open(embedder, embedding, workers, runTimeout);
    }

    /**
     * Returns the fingerprint that the embedder will have, from its files alone; who asks meanwhile shares the work. A hosted
     * embedder is asked for it.
     */
    public String embedderFingerprint() throws ModelException {
        if (hosted.embedder() != null) {
            return hosted.embedder().fingerprint();
        }
        SharedModels.Use<Fingerprint> use =
                FINGERPRINTS.open(embedder.key(), () -> new Fingerprint(embedder.fingerprint()));
        use.release().run();
        return use.model().text();
    }

    private record Fingerprint(String text) implements SharedModels.Loaded {
        @Override
        public void close() {}
    }

    public PassageReranker openReranker() throws ModelException {
        return hosted.reranker() != null
                ? hosted.reranker().open()
                : RerankingService.open(crossEncoder, reranking, pairs, workers, runTimeout);
    }

    public Cascade openCascade() throws ModelException {
        PassageReranker last = openReranker();
        if (firstStage == null) {
            return new Cascade(null, last, 1);
        }
        try {
            return new Cascade(
                    RerankingService.open(firstStage.crossEncoder(), reranking, pairs, workers, runTimeout),
                    last,
                    firstStage.keep());
        } catch (ModelException | RuntimeException e) {
            last.close();
            throw e;
        }
    }
}
