// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.batching.RequestQueue.Batch;
import io.streamrank.inference.batching.RequestQueue.Job;
import io.streamrank.inference.batching.RequestQueue.Tokenization;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ItemFailedException;
import io.streamrank.inference.stats.BatchStats;
import io.streamrank.inference.stats.RecentTimes;
import io.streamrank.inference.stats.TimeWindow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Runs jobs and counts what became of them. Thread-safe.
 *
 * <p>A batch that fails is halved until the item at fault stands alone, so that only its caller is told. Example: of eight
 * items the sixth makes the model throw. The runs are 1-8 (throws), 1-4, 5-8 (throws), 5-6 (throws), 5, 6 (throws), 7-8.
 * What is fatal to the JVM is thrown instead, as another item would meet it too.
 */
final class BatchRunner<R> {
    private final BatchModel<R> model;
    private final LongSupplier clock;
    private final LongAdder batches = new LongAdder();
    private final LongAdder items = new LongAdder();
    private final LongAdder tokens = new LongAdder();
    private final LongAdder paddedTokens = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder expired = new LongAdder();
    private final LongAdder cancelled = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder busyNanos = new LongAdder();
    private final LongAdder queueNanos = new LongAdder();
    private final TimeWindow queueTimes = new TimeWindow();
    private final TimeWindow runTimes = new TimeWindow();

    BatchRunner(BatchModel<R> model, LongSupplier clock) {
        this.model = model;
        this.clock = clock;
    }

    /** Runs a job and returns how many tokens the model was given; what nobody waits for is skipped. */
    long run(Job<R> job) {
        if (job instanceof Tokenization<R> text) {
            tokenize(text.task());
            return 0;
        }
        Batch<R> batch = (Batch<R>) job;
        drop(batch.expired());
        return run(batch.tasks());
    }

    private void tokenize(TokenizationTask task) {
        if (task.expired(clock.getAsLong())) {
            expired.add(task.items());
            task.expire();
        } else if (task.isDone()) {
            cancelled.add(task.items());
        } else {
            task.run();
        }
    }

    private long run(List<InferenceTask<R>> batch) {
        long now = clock.getAsLong();
        List<InferenceTask<R>> wanted = wanted(batch);
        long sum = 0;
        long waited = 0;
        for (InferenceTask<R> task : wanted) {
            waited += now - task.askedNanos;
            queueTimes.add(now - task.askedNanos);
            sum += task.tokens();
        }
        queueNanos.add(waited);
        runWanted(wanted);
        return sum;
    }

    private void runWanted(List<InferenceTask<R>> batch) {
        if (batch.isEmpty()) {
            return;
        }
        try {
            complete(batch, results(batch));
        } catch (InferenceException | RuntimeException | Error failure) {
            FatalErrors.rethrow(failure);
            if (batch.size() == 1) {
                fail(batch.get(0), failure);
            } else {
                runWanted(wanted(batch.subList(0, batch.size() / 2)));
                runWanted(wanted(batch.subList(batch.size() / 2, batch.size())));
            }
        }
    }

    /** Tells tasks that their deadline has passed. */
    void drop(List<InferenceTask<R>> tooLate) {
        expired.add(tooLate.size());
        tooLate.forEach(InferenceTask::expire);
    }

    /** Counts what was not let in. */
    void reject(int more) {
        rejected.add(more);
    }

    BatchStats stats(int queuedItems, long queuedTokens) {
        return new BatchStats(
                batches.sum(),
                items.sum(),
                tokens.sum(),
                paddedTokens.sum(),
                failures.sum(),
                expired.sum(),
                cancelled.sum(),
                rejected.sum(),
                busyNanos.sum(),
                queuedItems,
                queuedTokens,
                queueNanos.sum());
    }

    RecentTimes recentTimes() {
        return new RecentTimes(queueTimes.micros(), runTimes.micros());
    }

    private List<InferenceTask<R>> wanted(List<InferenceTask<R>> batch) {
        long now = clock.getAsLong();
        List<InferenceTask<R>> wanted = new ArrayList<>(batch.size());
        for (InferenceTask<R> task : batch) {
            if (task.expired(now)) { // perhaps given up for that
                drop(List.of(task));
            } else if (task.isDone()) {
                cancelled.increment();
                task.expire(); // someone may have joined just now
            } else {
                wanted.add(task);
            }
        }
        return wanted;
    }

    private List<R> results(List<InferenceTask<R>> batch) throws InferenceException {
        long started = clock.getAsLong();
        List<R> results;
        try {
            results = model.run(batch.stream().map(InferenceTask::encoding).toList());
        } finally {
            long nanos = clock.getAsLong() - started;
            busyNanos.add(nanos);
            runTimes.add(nanos);
        }
        if (results.size() != batch.size()) {
            throw new InferenceException("gave " + results.size() + " results for a batch of " + batch.size());
        }
        return results;
    }

    private void complete(List<InferenceTask<R>> batch, List<R> results) {
        int longest = 0;
        long sum = 0;
        for (InferenceTask<R> task : batch) {
            longest = Math.max(longest, task.tokens());
            sum += task.tokens();
        }
        batches.increment();
        items.add(batch.size());
        tokens.add(sum);
        paddedTokens.add(Math.round(model.model().batching().padding().computed(batch.size(), longest, (double) sum)));
        for (int i = 0; i < batch.size(); i++) {
            String problem = model.validate(results.get(i));
            if (problem == null) {
                batch.get(i).complete(results.get(i));
            } else {
                fail(batch.get(i), new InferenceException(problem));
            }
        }
    }

    /** Returns whether the model has failed on any text. */
    boolean hasFailed() {
        return failures.sum() > 0;
    }

    private void fail(InferenceTask<R> task, Throwable failure) {
        failures.increment();
        String why = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        task.fail(new ItemFailedException(
                "Model " + model.name() + " failed on a text of " + task.tokens() + " tokens: " + why, failure));
    }
}
