// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.systems;

import io.streamrank.benchmark.measurement.Latencies;
import io.streamrank.benchmark.measurement.Measurement;
import io.streamrank.benchmark.measurement.ResourceMeter;
import io.streamrank.benchmark.workload.RerankRequest;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.service.PassageReranker;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Runs the engine by itself, in a closed loop of queries, from text to scores. */
public record EngineBenchmark(PassageReranker service) {
    /** Holds what it did, and how long each query took. */
    public record Run(Measurement round, Latencies latencies) {}

    /**
     * Asks all.
     *
     * @param work the same pairs
     * @param window queries under way at the same time
     */
    public Run run(List<RerankRequest> requests, Baseline.Pairs work, int window)
            throws InterruptedException, InferenceException {
        Queue<Long> nanos = new ConcurrentLinkedQueue<>();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Semaphore free = new Semaphore(window);
        CountDownLatch left = new CountDownLatch(requests.size());
        ResourceMeter meter = ResourceMeter.of(service);
        for (RerankRequest request : requests) {
            free.acquire();
            ResourceMeter query = new ResourceMeter();
            service.score(request.query(), request.passages(), Long.MAX_VALUE).whenComplete((scores, problem) -> {
                nanos.add(query.nanos());
                failure.compareAndSet(null, problem == null ? firstFailure(scores) : problem);
                free.release();
                left.countDown();
            });
        }
        left.await();
        Measurement round = meter.round(work.count(), work.tokens());
        Throwable problem = failure.get();
        if (problem != null) {
            throw new InferenceException("a query could not be scored: " + problem.getMessage(), problem);
        }
        return new Run(round, Latencies.of(nanos));
    }

    private static @Nullable Throwable firstFailure(List<PairOutcome> scores) {
        return scores.stream()
                .map(PairOutcome::failure)
                .filter(Objects::nonNull)
                .findFirst()
                .map(InferenceException::new)
                .orElse(null);
    }
}
