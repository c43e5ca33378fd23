// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.BatchStats;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.RecentTimes;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Runs batches; one that fails is halved until the item at fault stands alone, so that only its caller hears of it. */
final class BatchRunner<R> {
    private final BatchModel<R> model;
    private final LongAdder batches = new LongAdder();
    private final LongAdder items = new LongAdder();
    private final LongAdder tokens = new LongAdder();
    private final LongAdder paddedTokens = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder expired = new LongAdder();
    private final LongAdder cancelled = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder busyNanos = new LongAdder();
    private final LongAdder queueNanos = new LongAdder();
    private final TimeWindow queueTimes = new TimeWindow();
    private final TimeWindow runTimes = new TimeWindow();

    BatchRunner(BatchModel<R> model) {
        this.model = model;
    }

    /** Skips what nobody waits for. */
    void prepare(TokenizationTask preparation) {
        if (preparation.expired(System.nanoTime())) {
            expired.add(preparation.items());
            preparation.expire();
        } else if (preparation.caller().isDone()) {
            cancelled.add(preparation.items());
        } else {
            preparation.run();
        }
    }

    /** Returns how many tokens were run; what nobody waits for is not. */
    long run(List<InferenceTask<R>> batch) {
        long now = System.nanoTime();
        List<InferenceTask<R>> wanted = wanted(batch);
        wanted.forEach(task -> {
            queueNanos.add(now - task.submittedNanos());
            queueTimes.add(now - task.submittedNanos());
        });
        runWanted(wanted);
        return wanted.stream().mapToLong(InferenceTask::tokens).sum();
    }

    private void runWanted(List<InferenceTask<R>> batch) {
        if (batch.isEmpty()) {
            return;
        }
        try {
            complete(batch, results(batch));
        } catch (InferenceException | RuntimeException | Error failure) {
            if (batch.size() == 1) {
                fail(batch.get(0), failure);
            } else {
                runWanted(wanted(batch.subList(0, batch.size() / 2)));
                runWanted(wanted(batch.subList(batch.size() / 2, batch.size())));
            }
        }
    }

    void drop(List<InferenceTask<R>> tooLate) {
        expired.add(tooLate.size());
        tooLate.forEach(InferenceTask::expire);
    }

    void refuse(int more) {
        refused.add(more);
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
                refused.sum(),
                busyNanos.sum(),
                queuedItems,
                queuedTokens,
                queueNanos.sum());
    }

    RecentTimes recentTimes() {
        return new RecentTimes(queueTimes.micros(), runTimes.micros());
    }

    private List<InferenceTask<R>> wanted(List<InferenceTask<R>> batch) {
        return batch.stream().filter(this::isWanted).toList();
    }

    private boolean isWanted(InferenceTask<R> task) {
        if (task.expired(System.nanoTime())) { // perhaps cancelled for that
            drop(List.of(task));
            return false;
        }
        boolean done = task.result().isDone();
        cancelled.add(done ? 1 : 0);
        return !done;
    }

    private List<R> results(List<InferenceTask<R>> batch) throws InferenceException {
        long started = System.nanoTime();
        List<R> results;
        try {
            results = model.run(batch.stream().map(InferenceTask::encoding).toList());
        } finally {
            long nanos = System.nanoTime() - started;
            busyNanos.add(nanos);
            runTimes.add(nanos);
        }
        if (results.size() != batch.size()) {
            throw new InferenceException("gave " + results.size() + " results for a batch of " + batch.size());
        }
        return results;
    }

    private void complete(List<InferenceTask<R>> batch, List<R> results) {
        int longest = batch.stream().mapToInt(InferenceTask::tokens).max().orElse(0);
        batches.increment();
        items.add(batch.size());
        tokens.add(batch.stream().mapToLong(InferenceTask::tokens).sum());
        paddedTokens.add(model.batching().padding().tokens(batch.size(), longest));
        for (int i = 0; i < batch.size(); i++) {
            String flaw = model.flaw(results.get(i));
            if (flaw == null) {
                batch.get(i).result().complete(results.get(i));
            } else {
                fail(batch.get(i), new InferenceException(flaw));
            }
        }
    }

    private void fail(InferenceTask<R> task, Throwable failure) {
        failures.increment();
        String why = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        String message = "Model " + model.name() + " failed on a text of " + task.tokens() + " tokens: " + why;
        task.result().completeExceptionally(new InferenceException(message, failure));
    }
}
