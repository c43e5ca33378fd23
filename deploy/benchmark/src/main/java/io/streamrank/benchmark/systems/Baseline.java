// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.systems;

import io.streamrank.benchmark.measurement.Measurement;
import io.streamrank.benchmark.measurement.ResourceMeter;
import io.streamrank.benchmark.workload.RerankRequest;
import io.streamrank.config.JobConfig;
import io.streamrank.inference.Models;
import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs ONNX Runtime as fast as it goes, which the report calls the limit: pairs that are already tokenised, sorted by
 * length, in batches of the size that was fastest for their length, one run a core, no queue. A split model keeps documents as it
 * does in the job. Nothing that has to tokenise and wait can be faster.
 */
public final class Baseline implements AutoCloseable {
    private static final List<Integer> BATCHES = List.of(1, 2, 4, 8, 16, 32);
    /** As long as a pair of a question and a paragraph. */
    private static final int USUAL_TOKENS = 64;
    /** Lengths within such a step have the same best batch. */
    private static final int STEP = 32;

    private final CrossEncoder model;
    private final int workers;
    private final ExecutorService threads;
    private final Map<Integer, Integer> bestBatch = new TreeMap<>();

    /** Holds the pairs of many requests, tokenised and sorted, the longest first. */
    public record Pairs(List<Encoding> encodings, long tokens) {
        int count() {
            return encodings.size();
        }
    }

    /** Opens the job's model, with as many runs at the same time and as much memory for documents as the job would let it have. */
    public static Baseline open(JobConfig config, Models models) throws ModelException {
        CrossEncoder model =
                models.crossEncoder().open().keepingDocuments(config.pairs().documentCacheBytes());
        int cores = Runtime.getRuntime().availableProcessors();
        return new Baseline(
                model,
                workers(
                        config.reranking().workers(),
                        config.workers(),
                        model.batching().maxRuns(),
                        cores));
    }

    /**
     * Runs at the same time.
     *
     * @param ofModel of this model; 0 for no bound of its own
     * @param ofAll of all models; 0 for one a core
     * @param maxRuns as many as are worth having
     */
    static int workers(int ofModel, int ofAll, int maxRuns, int cores) {
        int all = ofAll == 0 ? cores : ofAll;
        return Math.min(ofModel == 0 ? all : Math.min(ofModel, all), maxRuns);
    }

    Baseline(CrossEncoder model, int workers) {
        this.model = model;
        this.workers = workers;
        this.threads = Executors.newFixedThreadPool(workers, task -> {
            Thread thread = new Thread(task, "limit");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Runs at the same time. */
    public int workers() {
        return workers;
    }

    /** Returns how many queries under way are enough for several full batches a run. */
    public int window(int candidates) {
        int pairs = Math.min(model.maxBatchSize(), model.batching().most(USUAL_TOKENS));
        return (int) Math.max(4L, 4L * workers * Math.max(1, (pairs + candidates - 1) / candidates));
    }

    public Pairs prepare(List<RerankRequest> requests) {
        List<Encoding> encodings = new ArrayList<>();
        for (RerankRequest request : requests) {
            request.passages().forEach(passage -> encodings.add(model.encode(request.query(), passage)));
        }
        encodings.sort(Comparator.comparingInt(Encoding::tokens).reversed());
        return new Pairs(
                List.copyOf(encodings),
                encodings.stream().mapToLong(Encoding::tokens).sum());
    }

    /** Returns the tokens of the longest pair that the model takes; the rest of a longer one is cut off. */
    public int maxTokens() {
        return model.info().maxTokens();
    }

    float logit(String query, String passage) throws InferenceException {
        return model.logits(List.of(model.encode(query, passage)))[0];
    }

    public int tokens(String query, String passage) {
        return model.encode(query, passage).tokens();
    }

    public Measurement run(Pairs pairs) throws InferenceException, InterruptedException {
        List<List<Encoding>> batches = batches(pairs.encodings());
        long computed = batches.stream()
                .mapToLong(batch -> Math.round(model.batching()
                        .padding()
                        .computed(
                                batch.size(),
                                batch.get(0).tokens(),
                                batch.stream().mapToInt(Encoding::tokens).sum())))
                .sum();
        ResourceMeter meter = new ResourceMeter();
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> ends = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            ends.add(threads.submit(() -> {
                for (int at = next.getAndIncrement(); at < batches.size(); at = next.getAndIncrement()) {
                    logits(batches.get(at));
                }
                return null;
            }));
        }
        for (Future<?> end : ends) {
            await(end);
        }
        return meter.round(pairs.count(), pairs.tokens(), computed, 0);
    }

    /** Runs a batch, or its halves if a device has no room for all of it, as the engine does. */
    private void logits(List<Encoding> batch) throws InferenceException {
        try {
            model.logits(batch);
        } catch (InferenceException e) {
            if (batch.size() == 1) {
                throw e;
            }
            int half = batch.size() / 2;
            logits(batch.subList(0, half));
            logits(batch.subList(half, batch.size()));
        }
    }

    private static void await(Future<?> end) throws InferenceException, InterruptedException {
        try {
            end.get();
        } catch (ExecutionException e) {
            throw new InferenceException("the model failed: " + e.getMessage(), e);
        }
    }

    private List<List<Encoding>> batches(List<Encoding> sorted) throws InferenceException {
        List<List<Encoding>> batches = new ArrayList<>();
        for (int i = 0; i < sorted.size(); ) {
            int end = Math.min(sorted.size(), i + bestBatch(sorted.get(i)));
            batches.add(sorted.subList(i, end));
            i = end;
        }
        return batches;
    }

    private int bestBatch(Encoding longest) throws InferenceException {
        if (model.maxBatchSize() == 1) {
            return 1;
        }
        int step = longest.tokens() / STEP;
        Integer known = bestBatch.get(step);
        if (known != null) {
            return known;
        }
        int best = 1;
        double least = Double.MAX_VALUE;
        for (int size : sizes(longest.tokens())) {
            List<Encoding> batch = Collections.nCopies(Math.min(size, model.maxBatchSize()), longest);
            double nanos;
            try {
                nanos = nanosAnItem(batch);
            } catch (InferenceException e) {
                if (size == 1) {
                    throw e;
                }
                break; // a device has no room for it, nor for larger ones
            }
            if (nanos < least) {
                least = nanos;
                best = size;
            }
        }
        bestBatch.put(step, best);
        return best;
    }

    /** Beyond what a CPU likes, as many as are in the job's own budget. */
    private List<Integer> sizes(int tokens) {
        List<Integer> sizes = new ArrayList<>(BATCHES);
        int most = model.batching().most(tokens);
        for (int size = 2 * BATCHES.get(BATCHES.size() - 1); size <= most; size *= 2) {
            sizes.add(size);
        }
        return sizes;
    }

    /** The better of two runs after one to warm up. */
    private double nanosAnItem(List<Encoding> batch) throws InferenceException {
        double least = Double.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            ResourceMeter meter = new ResourceMeter();
            model.logits(batch);
            least = i == 0 ? least : Math.min(least, (double) meter.nanos());
        }
        return least / batch.size();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        model.close();
    }
}
