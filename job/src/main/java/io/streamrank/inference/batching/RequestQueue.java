// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.OversizeException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All that waits for a model: text to be tokenised, and the queue behind it. Bounded, and so that what is let in can be done
 * in time. Not thread-safe; time is a parameter.
 */
final class RequestQueue<R> {
    private static final int CHARACTERS_PER_TOKEN = 4;
    private static final int TURNS = 8;
    /** Of the time left, in percent, so much may be planned: the pace was measured, and may fall. */
    private static final int PLANNED = 75;

    private final String model;
    private final BatchPolicy policy;
    private final BatchQueue<R> queue;
    private final Queue<TokenizationTask> urgent = new ArrayDeque<>();
    private final Queue<TokenizationTask> ordinary = new ArrayDeque<>();
    private final ThroughputEstimate pace = new ThroughputEstimate();
    private int turn;
    private long characters;
    private int unprepared;
    /** Jobs that were taken and are not done. */
    private int underWay;

    private long tokensUnderWay;
    private int crowdedUnderWay;

    RequestQueue(BatchModel<R> model, BatchPolicy policy) {
        this.model = model.name();
        this.policy = policy;
        this.queue =
                new BatchQueue<>(policy, model.maxBatchSize(), model.batching().padding());
    }

    /**
     * What a worker does next.
     *
     * @param expired tasks to drop
     * @param batch tasks to run; empty where there is a preparation
     * @param crowded whether the batch left others waiting
     */
    record Job<R>(
            @Nullable TokenizationTask preparation,
            List<InferenceTask<R>> expired,
            List<InferenceTask<R>> batch,
            boolean crowded) {
        /** Those who wait for it. */
        List<CompletableFuture<?>> callers() {
            List<CompletableFuture<?>> callers = new ArrayList<>();
            batch.forEach(task -> callers.add(task.result()));
            if (preparation != null) {
                callers.add(preparation.caller());
            }
            return callers;
        }

        private long tokens() {
            return batch.stream().mapToLong(InferenceTask::tokens).sum();
        }
    }

    /** Texts or pairs that wait, tokenised or not. */
    int items() {
        return queue.size() + unprepared;
    }

    /** Their tokens, estimated where they were not tokenised yet. */
    long tokens() {
        return queue.tokens() + characters / CHARACTERS_PER_TOKEN;
    }

    /**
     * Why so much more would come too late, or null where it would not. Before it goes what runs, what is urgent and has no
     * later deadline, and company of all these. Where nothing waits that goes before it, it may try, however little time
     * there is.
     */
    @Nullable
    OverloadException tooLate(long tokens, long deadlineNanos, long now) {
        long ahead = queue.urgentTokens(deadlineNanos);
        long left = deadlineNanos - now;
        if (ahead == 0 || deadlineNanos == Long.MAX_VALUE || left <= 0) {
            return null;
        }
        long before = tokensUnderWay + ahead + tokens;
        long needed = pace.nanosFor(before + queue.company(before), now);
        if (needed <= left / 100 * PLANNED) {
            return null;
        }
        return new OverloadException("Model " + model + " would be done with this in about "
                + TimeUnit.NANOSECONDS.toMillis(needed) + " ms, which is more than " + PLANNED + " % of the "
                + TimeUnit.NANOSECONDS.toMillis(left) + " ms left; allow more time, send less or add workers.");
    }

    /** Takes the preparation, or says why not. */
    @Nullable
    OverloadException add(TokenizationTask preparation) {
        long limit = CHARACTERS_PER_TOKEN * Math.min(policy.maxQueuedTokens(), Long.MAX_VALUE / CHARACTERS_PER_TOKEN);
        if (characters + preparation.characters() > limit) {
            return overload(characters, preparation.characters(), limit, "characters");
        }
        (preparation.urgent() ? urgent : ordinary).add(preparation);
        characters += preparation.characters();
        unprepared += preparation.items();
        return null;
    }

    /** Takes all tasks, or none and says why; tasks that expired make room first and come out in {@code expired}. */
    @Nullable
    OverloadException add(List<InferenceTask<R>> tasks, long now, List<InferenceTask<R>> expired) {
        if (offer(tasks, now)) {
            return null;
        }
        expired.addAll(queue.removeExpired(now));
        if (offer(tasks, now)) {
            return null;
        }
        long more = tasks.stream().mapToLong(InferenceTask::tokens).sum();
        return overload(queue.tokens(), more, policy.maxQueuedTokens(), "tokens");
    }

    private boolean offer(List<InferenceTask<R>> tasks, long now) {
        boolean taken = queue.offer(tasks, now);
        if (queue.size() > 0) {
            pace.start(now);
        }
        return taken;
    }

    /**
     * The next job, or null where there is none for {@link #delay}; {@link #done} has to follow.
     *
     * @param batches whether it may be a batch
     */
    @Nullable
    Job<R> next(long now, boolean batches) {
        TokenizationTask preparation = preparation(now, batches);
        if (preparation != null) {
            characters -= preparation.characters();
            unprepared -= preparation.items();
            underWay++;
            return new Job<>(preparation, List.of(), List.of(), false);
        }
        if (!batches) {
            return null;
        }
        List<InferenceTask<R>> expired = queue.removeExpired(now);
        List<InferenceTask<R>> batch = delay(now, true) > 0 ? List.of() : queue.poll();
        Job<R> job = new Job<>(null, expired, batch, !batch.isEmpty() && queue.size() > 0);
        if (expired.isEmpty() && batch.isEmpty()) {
            return null;
        }
        underWay++;
        tokensUnderWay += job.tokens();
        crowdedUnderWay += job.crowded() ? 1 : 0;
        stopPaceWhereNothingWaits();
        return job;
    }

    /**
     * The job is over, or was given up.
     *
     * @param tokens that were run, in however many runs
     */
    void done(Job<R> job, long tokens, long now) {
        underWay--;
        tokensUnderWay -= job.tokens();
        if (job.crowded()) {
            crowdedUnderWay--;
            pace.ran(tokens, now);
        }
        stopPaceWhereNothingWaits();
    }

    private void stopPaceWhereNothingWaits() {
        if (queue.size() == 0 && crowdedUnderWay == 0) {
            pace.stop();
        }
    }

    /** Preparations fill the queue that batches are made of, so they go first; but what is urgent goes before the others'. */
    private @Nullable TokenizationTask preparation(long now, boolean batches) {
        boolean tasksFirst = batches && queue.hasUrgent() && queue.delay(now) <= 0 && ++turn % TURNS != 0;
        TokenizationTask preparation = urgent.poll();
        return preparation != null || tasksFirst ? preparation : ordinary.poll();
    }

    boolean hasUrgent() {
        return !urgent.isEmpty() || queue.hasUrgent();
    }

    /**
     * Nanoseconds until {@link #next} has something; {@link Long#MAX_VALUE} for not before something changes. Tasks wait for
     * company while a run is under way; an idle model is for whoever comes.
     */
    long delay(long now, boolean batches) {
        if (!urgent.isEmpty() || !ordinary.isEmpty()) {
            return 0;
        }
        if (!batches || queue.size() == 0) {
            return Long.MAX_VALUE;
        }
        return underWay > 0 ? queue.delay(now) : 0;
    }

    /** Empties it and returns all who waited. */
    List<CompletableFuture<?>> drain() {
        List<CompletableFuture<?>> callers = new ArrayList<>();
        queue.drain().forEach(task -> callers.add(task.result()));
        for (Queue<TokenizationTask> preparations : List.of(urgent, ordinary)) {
            preparations.forEach(preparation -> callers.add(preparation.caller()));
            preparations.clear();
        }
        characters = 0;
        unprepared = 0;
        return callers;
    }

    private OverloadException overload(long waiting, long more, long limit, String unit) {
        String message = "Model " + model + " has " + waiting + " " + unit + " waiting and " + more
                + " more would exceed the limit of " + limit + "; send less at a time or add workers.";
        return more > limit ? new OversizeException(message) : new OverloadException(message);
    }
}
