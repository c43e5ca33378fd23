// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

import io.streamrank.inference.RerankingService;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.PairOutcome;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The engine by itself: a closed loop of queries, from text to scores. */
record Engine(RerankingService service) {
    /** What it did, and how long each query took. */
    record Run(Round round, Latencies latencies) {}

    /**
     * Asks all.
     *
     * @param work the same pairs
     * @param window queries under way at the same time
     */
    Run run(List<Ask> asks, Limit.Pairs work, int window) throws InterruptedException, InferenceException {
        Queue<Long> nanos = new ConcurrentLinkedQueue<>();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Semaphore free = new Semaphore(window);
        CountDownLatch left = new CountDownLatch(asks.size());
        Meter meter = Meter.of(service);
        for (Ask ask : asks) {
            free.acquire();
            Meter query = new Meter();
            service.score(ask.query(), ask.passages(), Long.MAX_VALUE).whenComplete((scores, problem) -> {
                nanos.add(query.nanos());
                failure.compareAndSet(null, problem == null ? flaw(scores) : problem);
                free.release();
                left.countDown();
            });
        }
        left.await();
        Round round = meter.round(work.count(), work.tokens());
        Throwable problem = failure.get();
        if (problem != null) {
            throw new InferenceException("a query could not be scored: " + problem.getMessage(), problem);
        }
        return new Run(round, Latencies.of(nanos));
    }

    private static @Nullable Throwable flaw(List<PairOutcome> scores) {
        return scores.stream()
                .map(PairOutcome::failure)
                .filter(Objects::nonNull)
                .findFirst()
                .map(InferenceException::new)
                .orElse(null);
    }
}
