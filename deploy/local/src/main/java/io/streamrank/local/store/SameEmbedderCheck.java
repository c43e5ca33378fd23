// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import io.streamrank.codec.CodecException;
import io.streamrank.codec.DocumentCodec;
import io.streamrank.config.JobConfig;
import io.streamrank.event.Document;
import io.streamrank.event.Embedding;
import io.streamrank.event.RawRecord;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.TextRole;
import io.streamrank.inference.service.TextEmbedder;
import io.streamrank.local.console.Causes;
import io.streamrank.local.console.InputException;
import io.streamrank.retrieval.Vectors;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Compares vectors that documents bring with those that the job's embedder gives for the same texts. Vectors of two models cannot be
 * compared, even if they have the same length, and nothing would tell: every search would find something.
 */
final class SameEmbedderCheck {
    /** How many documents it takes to tell. */
    static final int SAMPLE = 20;

    /** Rounding, another batch or another build of a model leaves at least this; two models leave far less. */
    private static final double LEAST_COSINE = 0.99;

    private final JobConfig config;

    SameEmbedderCheck(JobConfig config) {
        this.config = config;
    }

    /**
     * Checks the first documents of a store.
     *
     * @param records values of the documents topic; those without a vector are passed over
     * @return the mean cosine; null if no document brings a vector, or the job has no embedder
     * @throws InputException where the vectors are of another model
     */
    @Nullable
    Double check(List<byte[]> records) throws InterruptedException {
        List<Document> documents = new ArrayList<>();
        for (byte[] record : records) {
            Document document = decoded(record);
            if (document != null && document.embedding() != null) {
                documents.add(document);
            }
        }
        if (documents.isEmpty()) {
            return null;
        }
        Integer dimension = config.dimension();
        if (dimension != null) {
            requireDimension(documents, dimension, "corpus.dimension is " + dimension);
            return null;
        }
        try (TextEmbedder embedder = config.models().openEmbedder()) {
            requireDimension(documents, embedder.dimension(), "the embedder gives " + embedder.dimension());
            double mean = meanCosine(documents, embedder);
            if (!(mean >= LEAST_COSINE)) {
                throw new InputException(String.format(
                        Locale.ROOT,
                        "the vectors are not those of the job's embedder %s: over %d documents the mean cosine between"
                                + " the two is %.3f, and at least %.2f is needed. Load with --vectors drop to let the job"
                                + " embed the documents, with --set models.embedder.uri=… for the model that made them, or"
                                + " with --vectors foreign if queries bring vectors of the same model",
                        config.embedder().uri(),
                        documents.size(),
                        mean,
                        LEAST_COSINE));
            }
            return mean;
        } catch (ModelException | ExecutionException e) {
            throw new InputException(
                    "the vectors cannot be checked, as the job's embedder "
                            + config.embedder().uri() + " fails: " + problem(e)
                            + "; load with --vectors foreign to take them as they are",
                    e);
        }
    }

    /** Returns what the model says: Java puts the class in front of what another thread threw. */
    static String problem(Exception failure) {
        Causes.Told told = Causes.told(failure);
        return told == null ? Causes.root(failure) : told.sentence();
    }

    /** Leaves it to the job to refuse what cannot be read. */
    @SuppressWarnings("NullAway") // it does not see the annotation on a compact constructor's array
    private @Nullable Document decoded(byte[] value) {
        try {
            RawRecord record = new RawRecord("", 0, 0, 0, null, value, List.of());
            return new DocumentCodec(config.limits()).decode(record).value().document();
        } catch (CodecException unreadable) {
            return null;
        }
    }

    private static void requireDimension(List<Document> documents, int dimension, String expected) {
        for (Document document : documents) {
            Embedding vector = document.embedding();
            if (vector != null && vector.dimension() != dimension) {
                throw new InputException("the vector of document " + document.id() + " has " + vector.dimension()
                        + " numbers, but " + expected + ": load with --vectors drop to let the job embed the documents,"
                        + " or run a job with models.embedder.uri=none and corpus.dimension=" + vector.dimension());
            }
        }
    }

    private double meanCosine(List<Document> documents, TextEmbedder embedder)
            throws InterruptedException, ExecutionException {
        List<CompletableFuture<float[]>> computed = new ArrayList<>();
        for (Document document : documents) {
            String text = config.corpus().embedText().textOf(document);
            computed.add(embedder.embed(text, TextRole.PASSAGE, Long.MAX_VALUE));
        }
        double sum = 0;
        for (int i = 0; i < documents.size(); i++) {
            Embedding own = documents.get(i).embedding();
            sum += own == null
                    ? 0
                    : dot(Vectors.normalized(own.values()), computed.get(i).get());
        }
        return sum / documents.size();
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
