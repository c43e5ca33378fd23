// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BatcherTest {
    private static final long NEVER = Long.MAX_VALUE;
    private static final Patience PATIENT = new Patience(Duration.ofMinutes(5), Duration.ofSeconds(30));
    private static final Patience IMPATIENT = new Patience(Duration.ofMillis(50), Duration.ofMillis(200));

    @Test
    void everyTaskGetsItsOwnResultOnce() throws Exception {
        Echo model = new Echo();
        List<Task<Integer>> tasks = new ArrayList<>();
        try (Batcher<Integer> batcher = batcher(model, policy(4), PATIENT)) {
            Random random = new Random(3);
            List<Thread> callers = new ArrayList<>();
            for (int caller = 0; caller < 4; caller++) {
                List<Task<Integer>> own = new ArrayList<>();
                for (int i = 0; i < 500; i++) {
                    own.add(task(caller * 1_000 + i, 1 + random.nextInt(60)));
                }
                tasks.addAll(own);
                callers.add(new Thread(() -> own.forEach(task -> submit(batcher, task)), "caller"));
            }
            callers.forEach(Thread::start);
            for (Task<Integer> task : tasks) {
                assertThat(get(task.result())).isEqualTo(task.encoding().ids()[0]);
            }
            assertThat(batcher.stats().items()).isEqualTo(2_000);
            assertThat(batcher.stats().paddedTokens())
                    .isGreaterThanOrEqualTo(batcher.stats().tokens());
            assertThat(batcher.stats().queueNanos()).isPositive();
            assertThat(batcher.recentTimes().queueMicros()).hasSize(TimeWindow.SIZE);
            assertThat(batcher.recentTimes().runMicros())
                    .hasSize((int) Math.min(TimeWindow.SIZE, batcher.stats().batches()));
        }
        assertThat(model.seen).hasSize(2_000).doesNotHaveDuplicates();
        assertThat(model.closed).hasValue(1);
    }

    @Test
    void anErrorInABatchIsBlamedOnItsCulprit() throws Exception {
        Echo model = new Echo();
        model.poison.add(13);
        try (Batcher<Integer> batcher = batcher(model, policy(1), PATIENT)) {
            List<Task<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                tasks.add(task(i, 4));
            }
            batcher.submit(tasks);
            for (Task<Integer> task : tasks) {
                if (task.encoding().ids()[0] == 13) {
                    assertThatThrownBy(() -> get(task.result()))
                            .hasRootCauseInstanceOf(StackOverflowError.class)
                            .hasMessageContaining("Model echo failed on a text of 4 tokens: 13");
                } else {
                    assertThat(get(task.result())).isEqualTo(task.encoding().ids()[0]);
                }
            }
            assertThat(batcher.stats().failures()).isEqualTo(1);
        }
    }

    @Test
    void whatHangsAloneIsGivenUpAndBlamedAndTheOthersGoOn() throws Exception {
        Echo model = new Echo();
        try (Batcher<Integer> batcher = batcher(model, policy(1), IMPATIENT)) {
            Task<Integer> hung = task(Echo.HANG, 4);
            batcher.submit(List.of(hung));
            assertBlamed(hung);
            Task<Integer> next = task(1, 4);
            batcher.submit(List.of(next));
            assertThat(get(next.result())).isEqualTo(1);
            model.hang.countDown();
        }
    }

    @Test
    void ofABatchThatHangsTheCulpritAloneIsBlamedAndCostsTwoRunsHoweverOftenItIsAskedFor() throws Exception {
        Echo model = new Echo();
        try (Batcher<Integer> batcher = batcher(model, policy(2), IMPATIENT)) {
            for (int round = 0; round < 3; round++) {
                Task<Integer> hung = task(Echo.HANG, 4);
                List<Task<Integer>> innocent =
                        IntStream.range(0, 8).mapToObj(id -> task(id, 4)).toList();
                List<Task<Integer>> batch = new ArrayList<>(innocent);
                batch.add(3, hung);
                batcher.submit(batch);
                for (Task<Integer> task : innocent) {
                    assertThat(get(task.result())).isEqualTo(task.encoding().ids()[0]);
                }
                assertBlamed(hung);
                assertThat(model.hangs).hasValue(2);
            }
            assertThat(batcher.isUsable()).isTrue();
            model.hang.countDown();
        }
    }

    @Test
    void whatIsBeingRunIsInNoOtherBatch() throws Exception {
        Echo model = new Echo();
        try (Batcher<Integer> batcher = batcher(model, policy(4), IMPATIENT)) {
            List<Task<Integer>> hung = new ArrayList<>();
            for (int id = 0; id < 4; id++) { // as someone does who asks again and again
                Task<Integer> again = task(Echo.HANG, 4);
                Task<Integer> other = task(id, 4);
                batcher.submit(List.of(again, other));
                hung.add(again);
                model.arrived.await();
            }
            for (Task<Integer> task : hung) {
                assertBlamed(task);
            }
            assertThat(model.hangs).hasValue(2);
            model.hang.countDown();
        }
    }

    @Test
    void aSuspectRemainsOneWhenItsCallerHasGone() throws Exception {
        Echo model = new Echo();
        try (Batcher<Integer> batcher = batcher(model, policy(1), IMPATIENT)) {
            Task<Integer> gone = task(Echo.HANG, 4);
            Task<Integer> patient = task(1, 4);
            batcher.submit(List.of(gone, patient));
            model.arrived.await();
            gone.result().cancel(false);
            assertThat(get(patient.result())).isEqualTo(1);
            assertThat(model.hangs).hasValue(1);

            Task<Integer> again = task(Echo.HANG, 4);
            Task<Integer> other = task(2, 4);
            batcher.submit(List.of(again, other));
            assertThat(get(other.result())).isEqualTo(2);
            assertBlamed(again);
            assertThat(model.hangs).hasValue(2);
            model.hang.countDown();
        }
    }

    @Test
    void whatComesBackAfterAllIsRunAgain() throws Exception {
        Echo model = new Echo();
        try (Batcher<Integer> batcher = batcher(model, policy(1), IMPATIENT)) {
            Task<Integer> slow = task(Echo.HANG, 4);
            batcher.submit(List.of(slow));
            assertBlamed(slow);
            model.hang.countDown();
            await().ignoreExceptions().until(() -> {
                Task<Integer> again = task(Echo.HANG, 4);
                batcher.submit(List.of(again));
                return get(again.result()) == Echo.HANG;
            });
        }
    }

    @Test
    void whenItHasLostAllRunsThatItMayItSaysSoInsteadOfQueueing() throws Exception {
        Echo model = new Echo();
        try (Batcher<Integer> batcher = batcher(model, policy(1), IMPATIENT)) {
            for (int tokens = 4; tokens < 8; tokens++) {
                assertThat(batcher.isUsable()).isTrue();
                Task<Integer> hung = task(Echo.HANG, tokens);
                batcher.submit(List.of(hung));
                assertBlamed(hung);
            }
            assertThatThrownBy(() -> batcher.submit(List.of(task(1, 4))))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessage(
                            "Model echo hangs: as many runs as it may lose have each taken more than 50 ms; it has to be"
                                    + " loaded anew, with smaller batches if it happens again.");
            assertThat(batcher.isUsable()).isFalse();
            model.hang.countDown();
        }
    }

    @Test
    void whatIsPreparedIsBoundedByTheWorkersAlone() throws Exception {
        Echo model = new Echo();
        model.batching = new Batching(1, 256, 16, Padding.TO_THE_LONGEST);
        try (Batcher<Integer> batcher = new Batcher<>(model, BatchPolicy.defaults(), PATIENT, new Workers(2))) {
            batcher.submit(List.of(task(Echo.HANG, 4)));
            model.arrived.await();
            Task<Integer> behind = task(1, 4);
            batcher.submit(List.of(behind));
            CompletableFuture<String> prepared = new CompletableFuture<>();
            batcher.prepare(new Preparation(1, 1, false, NEVER, prepared, () -> prepared.complete("tokens")));
            assertThat(get(prepared)).isEqualTo("tokens");
            assertThat(behind.result()).isNotDone();
            model.hang.countDown();
        }
    }

    @Test
    void countsWhatTheModelComputesAsItRounds() throws Exception {
        Echo model = new Echo();
        model.batching = new Batching(1, 256, 16, new Padding() {
            @Override
            public int columns(int longest) {
                return 16;
            }
        });
        try (Batcher<Integer> batcher = new Batcher<>(model, BatchPolicy.defaults(), PATIENT, new Workers(1))) {
            List<Task<Integer>> tasks = List.of(task(1, 9), task(2, 4), task(3, 12));
            batcher.submit(tasks);
            for (Task<Integer> task : tasks) {
                get(task.result());
            }
            assertThat(batcher.stats().batches()).isEqualTo(1);
            assertThat(batcher.stats().paddedTokens()).isEqualTo(3 * 16);
            assertThat(batcher.stats().tokens()).isEqualTo(9 + 4 + 12);
        }
    }

    @Test
    void aModelIsNotClosedUnderARun() throws Exception {
        Echo model = new Echo();
        Batcher<Integer> batcher =
                batcher(model, policy(1), new Patience(Duration.ofMinutes(5), Duration.ofMillis(50)));
        Task<Integer> hung = task(Echo.HANG, 4);
        batcher.submit(List.of(hung));
        model.arrived.await();
        batcher.close();
        assertThatThrownBy(() -> get(hung.result()))
                .hasMessageContaining("Model echo was closed before it came to this text.");
        assertThat(model.closed).hasValue(0);
        model.hang.countDown();
        model.closing.await();
        assertThat(model.closed).hasValue(1);
    }

    @Test
    void canBeClosedByItsOwnCallback() throws Exception {
        Echo model = new Echo();
        Batcher<Integer> batcher = batcher(model, policy(1), PATIENT);
        Task<Integer> task = task(1, 4);
        CompletableFuture<Void> closed = task.result().thenAccept(result -> batcher.close());
        batcher.submit(List.of(task));
        get(closed);
        model.closing.await();
        assertThat(model.closed).hasValue(1);
    }

    @Test
    void refusesMoreThanMayWait() throws Exception {
        Echo model = new Echo();
        try (Batcher<Integer> batcher = batcher(model, new BatchPolicy(64, 8, Duration.ZERO, 1, 100), PATIENT)) {
            batcher.submit(List.of(task(Echo.HANG, 4)));
            model.arrived.await();
            Task<Integer> late = new Task<>(
                    new Encoding(new int[60], 60, false), true, System.nanoTime() + 1, new CompletableFuture<>());
            batcher.submit(List.of(late));
            batcher.submit(List.of(task(1, 90))); // the late one gave its room back
            assertThatThrownBy(() -> get(late.result())).hasCauseInstanceOf(DeadlineExceededException.class);
            assertThatThrownBy(() -> batcher.submit(List.of(task(2, 11))))
                    .isInstanceOf(OverloadException.class)
                    .hasMessage(
                            "Model echo has 90 tokens waiting and 11 more would exceed the limit of 100; send less at a"
                                    + " time or add workers.");
            model.hang.countDown();
        }
    }

    @Test
    void countsWhatWasNotRunByReason() throws Exception {
        Echo model = new Echo();
        try (Batcher<Integer> batcher = batcher(model, new BatchPolicy(64, 8, Duration.ZERO, 1, 100), PATIENT)) {
            batcher.submit(List.of(task(Echo.HANG, 4)));
            model.arrived.await();
            long past = System.nanoTime() - 1;
            Task<Integer> late = new Task<>(new Encoding(new int[4], 4, false), true, past, new CompletableFuture<>());
            Task<Integer> cancelled = task(2, 4);
            Task<Integer> last = task(3, 4);
            batcher.submit(List.of(late, cancelled, last));
            assertThatThrownBy(() -> batcher.submit(Collections.nCopies(3, task(4, 60))))
                    .isInstanceOf(OverloadException.class);
            batcher.prepare(preparation(5, past, new CompletableFuture<>()));
            batcher.prepare(preparation(7, NEVER, CompletableFuture.completedFuture(null)));
            cancelled.result().cancel(false);
            model.hang.countDown();
            get(last.result());
            assertThat(batcher.stats().expired()).isEqualTo(1 + 5);
            assertThat(batcher.stats().cancelled()).isEqualTo(1 + 7);
            assertThat(batcher.stats().refused()).isEqualTo(3);
            assertThat(batcher.stats().dropped()).isEqualTo(17);
        }
    }

    @Test
    void tasksWaitForCompanyOnlyWhileTheModelIsBusy() throws Exception {
        Echo model = new Echo();
        BatchPolicy patient = new BatchPolicy(256, 16, Duration.ofHours(1), 2, 1_000_000);
        try (Batcher<Integer> batcher = batcher(model, patient, PATIENT)) {
            batcher.submit(List.of(task(Echo.HANG, 4)));
            model.arrived.await();
            Task<Integer> behind = task(1, 4);
            batcher.submit(List.of(behind));
            model.hang.countDown();
            assertThat(get(behind.result())).isEqualTo(1);
            Task<Integer> alone = task(2, 4);
            batcher.submit(List.of(alone));
            assertThat(get(alone.result())).isEqualTo(2);
        }
    }

    private static Preparation preparation(int items, long deadline, CompletableFuture<?> caller) {
        return new Preparation(items, 4, true, deadline, caller, () -> {
            throw new AssertionError("nobody waits for this");
        });
    }

    private static Batcher<Integer> batcher(Echo model, BatchPolicy policy, Patience patience) {
        return new Batcher<>(model, policy, patience, new Workers(policy.workers()));
    }

    private static BatchPolicy policy(int workers) {
        return new BatchPolicy(256, 16, Duration.ZERO, workers, 1_000_000);
    }

    private static Task<Integer> task(int id, int tokens) {
        int[] ids = new int[tokens];
        ids[0] = id;
        return new Task<>(new Encoding(ids, tokens, false), true, NEVER, new CompletableFuture<>());
    }

    private static void assertBlamed(Task<Integer> task) {
        assertThatThrownBy(() -> get(task.result()))
                .cause()
                .isExactlyInstanceOf(InferenceException.class)
                .hasMessage(
                        "Model echo hangs on a text of " + task.tokens() + " tokens: a run of it alone has taken more"
                                + " than 50 ms, so it is not run again; leave it out, or allow runs more time.");
    }

    private static void submit(Batcher<Integer> batcher, Task<Integer> task) {
        try {
            batcher.submit(List.of(task));
        } catch (InferenceException e) {
            task.result().completeExceptionally(e);
        }
    }

    private static <T> T get(CompletableFuture<T> future) throws InterruptedException, ExecutionException {
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }

    /** Gives an encoding's first id back. */
    private static final class Echo implements BatchModel<Integer> {
        static final int HANG = -1;

        final Queue<Integer> seen = new ConcurrentLinkedQueue<>();
        final Set<Integer> poison = ConcurrentHashMap.newKeySet();
        final AtomicInteger closed = new AtomicInteger();
        final CountDownLatch closing = new CountDownLatch(1);
        final CountDownLatch arrived = new CountDownLatch(1);
        final CountDownLatch hang = new CountDownLatch(1);
        final AtomicInteger hangs = new AtomicInteger();
        Batching batching = Batching.CPU;

        @Override
        public String name() {
            return "echo";
        }

        @Override
        public Precedence precedence(boolean urgent) {
            return Precedence.RERANKING;
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
            List<Integer> ids =
                    batch.stream().map(encoding -> encoding.ids()[0]).toList();
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
            }
            seen.addAll(ids);
            return ids;
        }

        @Override
        public @Nullable String flaw(Integer result) {
            return null;
        }

        @Override
        public void close() {
            closed.incrementAndGet();
            closing.countDown();
        }
    }
}
