// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** All that waits for a model: text to be tokenised, and the queue behind it. Bounded; not thread-safe. */
final class Backlog<R> {
    private static final int CHARACTERS_PER_TOKEN = 4;
    private static final int TURNS = 8;

    private final String model;
    private final BatchPolicy policy;
    private final BatchQueue<R> queue;
    private final Queue<Preparation> urgent = new ArrayDeque<>();
    private final Queue<Preparation> ordinary = new ArrayDeque<>();
    private int turn;
    private long characters;

    Backlog(BatchModel<R> model, BatchPolicy policy) {
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
     */
    record Job<R>(@Nullable Preparation preparation, List<Task<R>> expired, List<Task<R>> batch) {
        /** Those who wait for it. */
        List<CompletableFuture<?>> callers() {
            List<CompletableFuture<?>> callers = new ArrayList<>();
            batch.forEach(task -> callers.add(task.result()));
            if (preparation != null) {
                callers.add(preparation.caller());
            }
            return callers;
        }
    }

    int items() {
        return queue.size();
    }

    long tokens() {
        return queue.tokens();
    }

    /** Takes the preparation, or says why not. */
    @Nullable
    OverloadException add(Preparation preparation) {
        long limit = CHARACTERS_PER_TOKEN * Math.min(policy.maxQueuedTokens(), Long.MAX_VALUE / CHARACTERS_PER_TOKEN);
        if (characters + preparation.characters() > limit) {
            return overload(characters, preparation.characters(), limit, "characters");
        }
        (preparation.urgent() ? urgent : ordinary).add(preparation);
        characters += preparation.characters();
        return null;
    }

    /** Takes all tasks, or none and says why; tasks that expired make room first and come out in {@code expired}. */
    @Nullable
    OverloadException add(List<Task<R>> tasks, long now, List<Task<R>> expired) {
        if (queue.offer(tasks, now)) {
            return null;
        }
        expired.addAll(queue.removeExpired(now));
        if (queue.offer(tasks, now)) {
            return null;
        }
        long more = tasks.stream().mapToLong(Task::tokens).sum();
        return overload(queue.tokens(), more, policy.maxQueuedTokens(), "tokens");
    }

    /**
     * The next job, or null where there is none for {@link #delay}.
     *
     * @param batches whether it may be a batch
     */
    @Nullable
    Job<R> next(long now, boolean batches) {
        Preparation preparation = preparation(now, batches);
        if (preparation != null) {
            characters -= preparation.characters();
            return new Job<>(preparation, List.of(), List.of());
        }
        if (!batches) {
            return null;
        }
        Job<R> job = new Job<>(null, queue.removeExpired(now), queue.poll(now));
        return job.expired().isEmpty() && job.batch().isEmpty() ? null : job;
    }

    /** Preparations fill the queue that batches are made of, so they go first; but what is urgent goes before the others'. */
    private @Nullable Preparation preparation(long now, boolean batches) {
        boolean tasksFirst = batches && queue.hasUrgent() && queue.delay(now) <= 0 && ++turn % TURNS != 0;
        Preparation preparation = urgent.poll();
        return preparation != null || tasksFirst ? preparation : ordinary.poll();
    }

    boolean hasUrgent() {
        return !urgent.isEmpty() || queue.hasUrgent();
    }

    /** Nanoseconds until {@link #next} has something; {@link Long#MAX_VALUE} for not before something changes. */
    long delay(long now, boolean batches) {
        return !urgent.isEmpty() || !ordinary.isEmpty() ? 0 : batches ? queue.delay(now) : Long.MAX_VALUE;
    }

    /** Empties it and returns all who waited. */
    List<CompletableFuture<?>> drain() {
        List<CompletableFuture<?>> callers = new ArrayList<>();
        queue.drain().forEach(task -> callers.add(task.result()));
        for (Queue<Preparation> preparations : List.of(urgent, ordinary)) {
            preparations.forEach(preparation -> callers.add(preparation.caller()));
            preparations.clear();
        }
        characters = 0;
        return callers;
    }

    private OverloadException overload(long waiting, long more, long limit, String unit) {
        String message = "Model " + model + " has " + waiting + " " + unit + " waiting and " + more
                + " more would exceed the limit of " + limit + "; send less at a time or add workers.";
        return more > limit ? new OversizeException(message) : new OverloadException(message);
    }
}
