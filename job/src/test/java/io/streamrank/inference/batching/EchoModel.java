// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.Model;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.workers.Priority;
import io.streamrank.inference.workers.Workers;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A model that gives an encoding's first id back, and what a batcher of it needs. */
final class EchoModel implements BatchModel<Integer>, Model {
    static final long NEVER = Long.MAX_VALUE;
    static final int HANG = -1;
    static final int FATAL = -2;

    final Queue<Integer> seen = new ConcurrentLinkedQueue<>();
    final Set<Integer> poison = ConcurrentHashMap.newKeySet();
    final AtomicInteger closed = new AtomicInteger();
    final CountDownLatch closing = new CountDownLatch(1);
    final CountDownLatch arrived = new CountDownLatch(1);
    final CountDownLatch hang = new CountDownLatch(1);
    final AtomicInteger hangs = new AtomicInteger();
    Batching batching = Batching.CPU;

    @Override
    public Model model() {
        return this;
    }

    @Override
    public ModelInfo info() {
        return new ModelInfo("echo", "", Integer.MAX_VALUE);
    }

    @Override
    public Batching batching() {
        return batching;
    }

    @Override
    public int maxBatchSize() {
        return Integer.MAX_VALUE;
    }

    @Override
    public List<Integer> run(List<Encoding> batch) throws InferenceException {
        List<Integer> ids = batch.stream().map(encoding -> encoding.ids()[0]).toList();
        if (ids.contains(HANG)) {
            hangs.incrementAndGet();
            arrived.countDown();
            try {
                hang.await();
            } catch (InterruptedException e) {
                throw new InferenceException("interrupted", e);
            }
        }
        for (int id : ids) {
            if (poison.contains(id)) {
                throw new StackOverflowError(String.valueOf(id));
            }
            if (id == FATAL) {
                throw new OutOfMemoryError("Java heap space");
            }
        }
        seen.addAll(ids);
        return ids;
    }

    @Override
    public @Nullable String validate(Integer result) {
        return null;
    }

    @Override
    public void close() {
        closed.incrementAndGet();
        closing.countDown();
    }

    Batcher<Integer> batcher(BatchPolicy policy, RunTimeouts timeouts) {
        return new Batcher<>(this, policy, timeouts, new Workers(policy.workers()));
    }

    static BatchPolicy policy(int workers) {
        return new BatchPolicy(256, 16, Duration.ZERO, workers, 1_000_000);
    }

    static FutureTask<Integer> task(int id, int tokens) {
        return task(id, tokens, NEVER);
    }

    static FutureTask<Integer> task(int id, int tokens, long deadline) {
        int[] ids = new int[tokens];
        ids[0] = id;
        return new FutureTask<>(
                new Encoding(ids, tokens, false),
                Priority.RERANKING,
                deadline,
                System.nanoTime(),
                new CompletableFuture<>());
    }

    static void submit(Batcher<Integer> batcher, List<FutureTask<Integer>> tasks) throws InferenceException {
        batcher.submit(tasks, List.of(), NEVER);
    }

    static <T> T get(CompletableFuture<T> future) throws InterruptedException, ExecutionException {
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }
}
