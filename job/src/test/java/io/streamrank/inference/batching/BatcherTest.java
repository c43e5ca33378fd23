// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import static io.streamrank.inference.batching.EchoModel.NEVER;
import static io.streamrank.inference.batching.EchoModel.get;
import static io.streamrank.inference.batching.EchoModel.policy;
import static io.streamrank.inference.batching.EchoModel.submit;
import static io.streamrank.inference.batching.EchoModel.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.Padding;
import io.streamrank.inference.stats.TimeWindow;
import io.streamrank.inference.workers.Priority;
import io.streamrank.inference.workers.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class BatcherTest {
    private static final RunTimeouts LONG = new RunTimeouts(Duration.ofMinutes(5), Duration.ofSeconds(30));

    @Test
    void everyTaskGetsItsOwnResultOnce() throws Exception {
        EchoModel model = new EchoModel();
        List<FutureTask<Integer>> tasks = new ArrayList<>();
        try (Batcher<Integer> batcher = model.batcher(policy(4), LONG)) {
            Random random = new Random(3);
            List<Thread> callers = new ArrayList<>();
            for (int caller = 0; caller < 4; caller++) {
                List<FutureTask<Integer>> own = new ArrayList<>();
                for (int i = 0; i < 500; i++) {
                    own.add(task(caller * 1_000 + i, 1 + random.nextInt(60)));
                }
                tasks.addAll(own);
                callers.add(new Thread(() -> own.forEach(task -> submitOne(batcher, task)), "caller"));
            }
            callers.forEach(Thread::start);
            for (FutureTask<Integer> task : tasks) {
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
    void anErrorInABatchFailsTheTextThatBroughtItAboutAlone() throws Exception {
        EchoModel model = new EchoModel();
        model.poison.add(13);
        try (Batcher<Integer> batcher = model.batcher(policy(1), LONG)) {
            List<FutureTask<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                tasks.add(task(i, 4));
            }
            submit(batcher, tasks);
            for (FutureTask<Integer> task : tasks) {
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
    void tokenisingIsBoundedByTheWorkersAlone() throws Exception {
        EchoModel model = new EchoModel();
        model.batching = new Batching(1, 256, 16, Padding.TO_THE_LONGEST);
        try (Batcher<Integer> batcher = new Batcher<>(model, BatchPolicy.defaults(), LONG, new Workers(2))) {
            submit(batcher, List.of(task(EchoModel.HANG, 4)));
            model.arrived.await();
            FutureTask<Integer> behind = task(1, 4);
            submit(batcher, List.of(behind));
            CompletableFuture<String> tokenized = new CompletableFuture<>();
            batcher.tokenize(new TokenizationTask(
                    1, 1, Priority.RERANKING, NEVER, tokenized, () -> tokenized.complete("tokens")));
            assertThat(get(tokenized)).isEqualTo("tokens");
            assertThat(behind.result()).isNotDone();
            model.hang.countDown();
        }
    }

    @Test
    void countsWhatTheModelComputesAsItRounds() throws Exception {
        EchoModel model = new EchoModel();
        model.batching = new Batching(1, 256, 16, new Padding() {
            @Override
            public int columns(int longest) {
                return 16;
            }
        });
        try (Batcher<Integer> batcher = new Batcher<>(model, BatchPolicy.defaults(), LONG, new Workers(1))) {
            List<FutureTask<Integer>> tasks = List.of(task(1, 9), task(2, 4), task(3, 12));
            submit(batcher, tasks);
            for (FutureTask<Integer> task : tasks) {
                get(task.result());
            }
            assertThat(batcher.stats().batches()).isEqualTo(1);
            assertThat(batcher.stats().paddedTokens()).isEqualTo(3 * 16);
            assertThat(batcher.stats().tokens()).isEqualTo(9 + 4 + 12);
        }
    }

    @Test
    void countsNoPaddingWhereTheModelPacks() throws Exception {
        EchoModel model = new EchoModel();
        model.batching = new Batching(1, 256, 16, Padding.PACKED);
        try (Batcher<Integer> batcher = new Batcher<>(model, BatchPolicy.defaults(), LONG, new Workers(1))) {
            List<FutureTask<Integer>> tasks = List.of(task(1, 9), task(2, 4), task(3, 12));
            submit(batcher, tasks);
            for (FutureTask<Integer> task : tasks) {
                get(task.result());
            }
            assertThat(batcher.stats().paddedTokens()).isEqualTo(9 + 4 + 12);
        }
    }

    @Test
    void aModelIsNotClosedUnderARun() throws Exception {
        EchoModel model = new EchoModel();
        Batcher<Integer> batcher =
                model.batcher(policy(1), new RunTimeouts(Duration.ofMinutes(5), Duration.ofMillis(50)));
        FutureTask<Integer> hung = task(EchoModel.HANG, 4);
        submit(batcher, List.of(hung));
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
        EchoModel model = new EchoModel();
        Batcher<Integer> batcher = model.batcher(policy(1), LONG);
        FutureTask<Integer> task = task(1, 4);
        CompletableFuture<Void> closed = task.result().thenAccept(result -> batcher.close());
        submit(batcher, List.of(task));
        get(closed);
        model.closing.await();
        assertThat(model.closed).hasValue(1);
    }

    @Test
    void refusesMoreThanMayWait() throws Exception {
        EchoModel model = new EchoModel();
        try (Batcher<Integer> batcher = model.batcher(new BatchPolicy(64, 8, Duration.ZERO, 1, 100), LONG)) {
            submit(batcher, List.of(task(EchoModel.HANG, 4)));
            model.arrived.await();
            FutureTask<Integer> late = task(0, 60, System.nanoTime() + 1);
            submit(batcher, List.of(late));
            submit(batcher, List.of(task(1, 90))); // the late one gave its room back
            assertThatThrownBy(() -> get(late.result())).hasCauseInstanceOf(DeadlineExceededException.class);
            assertThatThrownBy(() -> submit(batcher, List.of(task(2, 11))))
                    .isInstanceOf(OverloadException.class)
                    .hasMessage(
                            "Model echo has 90 tokens waiting and 11 more would exceed the limit of 100; send less at a"
                                    + " time or add workers.");
            model.hang.countDown();
        }
    }

    @Test
    void countsWhatWasNotRunByReason() throws Exception {
        EchoModel model = new EchoModel();
        try (Batcher<Integer> batcher = model.batcher(new BatchPolicy(64, 8, Duration.ZERO, 1, 100), LONG)) {
            submit(batcher, List.of(task(EchoModel.HANG, 4)));
            model.arrived.await();
            long past = System.nanoTime() - 1;
            FutureTask<Integer> late = task(0, 4, past);
            FutureTask<Integer> cancelled = task(2, 4);
            FutureTask<Integer> last = task(3, 4);
            submit(batcher, List.of(late, cancelled, last));
            assertThatThrownBy(() -> submit(batcher, Collections.nCopies(3, task(4, 60))))
                    .isInstanceOf(OverloadException.class);
            batcher.tokenize(tokenization(5, past, new CompletableFuture<>()));
            batcher.tokenize(tokenization(7, NEVER, CompletableFuture.completedFuture(null)));
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
    void tasksWaitForOthersOnlyWhileTheModelIsBusy() throws Exception {
        EchoModel model = new EchoModel();
        BatchPolicy waiting = new BatchPolicy(256, 16, Duration.ofHours(1), 2, 1_000_000);
        try (Batcher<Integer> batcher = model.batcher(waiting, LONG)) {
            submit(batcher, List.of(task(EchoModel.HANG, 4)));
            model.arrived.await();
            FutureTask<Integer> behind = task(1, 4);
            submit(batcher, List.of(behind));
            model.hang.countDown();
            assertThat(get(behind.result())).isEqualTo(1);
            FutureTask<Integer> alone = task(2, 4);
            submit(batcher, List.of(alone));
            assertThat(get(alone.result())).isEqualTo(2);
        }
    }

    private static TokenizationTask tokenization(int items, long deadline, CompletableFuture<?> caller) {
        return new TokenizationTask(items, 4, Priority.RERANKING, deadline, caller, () -> {
            throw new AssertionError("nobody waits for this");
        });
    }

    private static void submitOne(Batcher<Integer> batcher, FutureTask<Integer> task) {
        try {
            submit(batcher, List.of(task));
        } catch (InferenceException e) {
            task.result().completeExceptionally(e);
        }
    }
}
