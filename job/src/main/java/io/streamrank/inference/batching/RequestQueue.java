// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.UnavailableException;
import io.streamrank.inference.workers.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds all that waits for a model, in two stages: text to be tokenised, then tasks to be run. One {@link Admission} stands
 * before both, so that what is let in can be done in time. Not thread-safe; time is a parameter.
 *
 * <p>Tokenising goes first, as it fills the queue that batches are made of. But where a batch of a higher priority could run,
 * only each eighth choice is for text of a lower one. And where runs only wait for a device, a batch goes before all text of
 * no higher priority: it takes no core from it, and the device would be idle.
 *
 * <p>Longer than 250 lines, as what is let in, what runs and how fast that goes are one estimate.
 */
final class RequestQueue<R> {
    private static final int BATCHES_FIRST = 8;

    private final TokenizationQueue tokenization = new TokenizationQueue();
    private final BatchQueue<R> inference;
    private final Admission admission;
    private final boolean waitsForADevice;
    private final ThroughputEstimate throughput = new ThroughputEstimate();
    /** Why nothing is let in any more; null while it is open. */
    private @Nullable UnavailableException closed;

    private int choices;
    /** Jobs that were taken and are not done. */
    private int running;

    private long runningTokens;
    /** Batches among them that left others in the queue. */
    private int leftQueue;

    RequestQueue(BatchModel<R> model, BatchPolicy policy) {
        Batching batching = model.model().batching();
        this.inference = new BatchQueue<>(policy, model.model().maxBatchSize(), batching.padding(), batching.cost());
        this.waitsForADevice = batching.waitingRuns() > 0;
        this.admission = new Admission(model.name(), policy.maxQueuedTokens());
    }

    /** What a worker does next. */
    sealed interface Job<R> {
        /** Returns those who wait for it. */
        List<? extends Request> requests();
    }

    record Tokenization<R>(TokenizationTask task) implements Job<R> {
        @Override
        public List<TokenizationTask> requests() {
            return List.of(task);
        }
    }

    /**
     * A run of the model.
     *
     * @param expired tasks to drop
     * @param tasks tasks to run; may be empty where some expired
     * @param leftQueue whether others were left waiting
     */
    record Batch<R>(List<InferenceTask<R>> expired, List<InferenceTask<R>> tasks, boolean leftQueue) implements Job<R> {
        @Override
        public List<InferenceTask<R>> requests() {
            return Stream.concat(expired.stream(), tasks.stream()).toList();
        }
    }

    /** Returns the texts or pairs that wait, tokenised or not. */
    int items() {
        return inference.size() + tokenization.items();
    }

    /** Returns their tokens, estimated where they are not tokenised yet. */
    long tokens() {
        return inference.tokens() + tokenization.characters() / Admission.CHARACTERS_PER_TOKEN;
    }

    /** Returns the highest priority that waits, or null where nothing does. */
    @Nullable
    Priority highest() {
        Priority text = tokenization.highest();
        Priority task = inference.highest();
        return text == null || (task != null && task.compareTo(text) < 0) ? task : text;
    }

    /** Takes text in, or returns why not. */
    @Nullable
    InferenceException add(TokenizationTask task) {
        InferenceException rejection =
                closed != null ? closed : admission.characters(tokenization.characters(), task.characters());
        if (rejection == null) {
            tokenization.add(task);
        }
        return rejection;
    }

    /**
     * Takes all tasks in, or none and returns why not.
     *
     * @param shared tasks that are here for others: they move up to the deadline
     * @param expired tasks that had to make room are added to it
     */
    @Nullable
    InferenceException add(
            List<? extends InferenceTask<R>> tasks,
            List<? extends InferenceTask<R>> shared,
            long deadlineNanos,
            long now,
            List<InferenceTask<R>> expired) {
        long more = sum(tasks);
        // Texts go in whatever the time: queries go before passages, whose runs the estimate is made of.
        boolean pairs = isPair(tasks) || isPair(shared);
        InferenceException rejection = pairs ? tooLate(more + sum(shared), deadlineNanos, now) : closed;
        if (rejection != null) {
            return rejection;
        }
        if (admission.tokens(inference.tokens(), more) != null) {
            expired.addAll(inference.removeExpired(now));
        }
        rejection = admission.tokens(inference.tokens(), more);
        if (rejection == null) {
            enqueue(tasks, shared, deadlineNanos, now);
        } else if (inference.size() > 0) {
            throughput.start(now);
        }
        return rejection;
    }

    /** Takes all tasks in again, whatever waits, as they were let in before; or returns why not. */
    @Nullable
    InferenceException addAgain(
            List<? extends InferenceTask<R>> tasks,
            List<? extends InferenceTask<R>> shared,
            long deadlineNanos,
            long now) {
        if (closed == null) {
            enqueue(tasks, shared, deadlineNanos, now);
        }
        return closed;
    }

    private void enqueue(
            List<? extends InferenceTask<R>> tasks,
            List<? extends InferenceTask<R>> shared,
            long deadlineNanos,
            long now) {
        inference.add(tasks, now);
        if (deadlineNanos > now) { // else it is late already, and others may have more time
            inference.moveUp(shared, deadlineNanos);
        }
        if (inference.size() > 0) {
            throughput.start(now);
        }
    }

    private static boolean isPair(List<? extends InferenceTask<?>> tasks) {
        return !tasks.isEmpty() && tasks.get(0).priority() == Priority.RERANKING;
    }

    /**
     * Returns why so much more would come too late, or null where it would not. Before it goes what runs, what has no later
     * deadline, and what fills the batches of all these. Where nothing waits that goes before it, it may try, however little
     * time there is.
     */
    @Nullable
    InferenceException tooLate(long tokens, long deadlineNanos, long now) {
        if (closed != null) {
            return closed;
        }
        long left = deadlineNanos - now;
        long before = inference.tokensBefore(deadlineNanos);
        if (before == 0 || deadlineNanos == Long.MAX_VALUE || left <= 0) {
            return null;
        }
        long until = runningTokens + before + tokens;
        return admission.time(throughput.nanosFor(until + inference.fillTokens(until), now), left);
    }

    /**
     * Takes the next job out, or returns null where there is none for {@link #delay}; {@link #done} has to follow.
     *
     * @param batches whether it may be a batch
     */
    @Nullable
    Job<R> next(long now, boolean batches) {
        if (tokenizes(now, batches)) {
            running++;
            return new Tokenization<>(tokenization.remove());
        }
        if (!batches) {
            return null;
        }
        List<InferenceTask<R>> expired = inference.removeExpired(now);
        List<InferenceTask<R>> tasks = batchDelay(now) > 0 ? List.of() : inference.poll(now);
        if (expired.isEmpty() && tasks.isEmpty()) {
            return null;
        }
        Batch<R> batch = new Batch<>(expired, tasks, !tasks.isEmpty() && inference.size() > 0);
        running++;
        runningTokens += sum(tasks);
        leftQueue += batch.leftQueue() ? 1 : 0;
        stopMeasuringAnIdleModel();
        return batch;
    }

    private boolean tokenizes(long now, boolean batches) {
        Priority text = tokenization.highest();
        if (text == null) {
            return false;
        }
        Priority batch = batches && inference.delay(now) <= 0 ? inference.highest() : null;
        if (waitsForADevice && batch != null && text.compareTo(batch) >= 0) {
            return false;
        }
        return batch == null || text.compareTo(batch) <= 0 || ++choices % BATCHES_FIRST == 0;
    }

    /**
     * Records that a job is over, or was given up.
     *
     * @param tokens that were run, in however many runs
     */
    void done(Job<R> job, long tokens, long now) {
        running--;
        if (job instanceof Batch<R> batch) {
            runningTokens -= sum(batch.tasks());
            if (batch.leftQueue()) {
                leftQueue--;
                throughput.ran(tokens, now);
            }
        }
        stopMeasuringAnIdleModel();
    }

    private void stopMeasuringAnIdleModel() {
        if (inference.size() == 0 && leftQueue == 0) {
            throughput.stop();
        }
    }

    /** Returns the nanoseconds until {@link #next} has something; {@link Long#MAX_VALUE} for not before a change. */
    long delay(long now, boolean batches) {
        if (tokenization.highest() != null) {
            return 0;
        }
        return batches ? batchDelay(now) : Long.MAX_VALUE;
    }

    /** Tasks wait for others to fill their batch while a job is under way; an idle model takes whoever comes. */
    private long batchDelay(long now) {
        return running > 0 || inference.size() == 0 ? inference.delay(now) : 0;
    }

    boolean isOpen() {
        return closed == null;
    }

    /** Lets nothing in any more, empties both stages and returns all who waited. */
    List<Request> close(UnavailableException why) {
        closed = closed == null ? why : closed;
        List<Request> waiting = new ArrayList<>(inference.drain());
        waiting.addAll(tokenization.drain());
        return waiting;
    }

    private static long sum(List<? extends InferenceTask<?>> tasks) {
        long tokens = 0;
        for (InferenceTask<?> task : tasks) {
            tokens += task.tokens();
        }
        return tokens;
    }
}
