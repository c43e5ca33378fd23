// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streamrank.inference.batching.BatchModel;
import io.streamrank.inference.batching.Batcher;
import io.streamrank.inference.batching.FutureTask;
import io.streamrank.inference.batching.RunTimeouts;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.Model;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.model.UnavailableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WorkersTest {
    private static final RunTimeouts LONG = new RunTimeouts(Duration.ofMinutes(5), Duration.ofSeconds(30));
    private static final RunTimeouts SHORT = new RunTimeouts(Duration.ofMillis(50), Duration.ofMillis(50));

    private final List<String> order = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    /** Goes on by what runs take. */
    private final AtomicLong clock = new AtomicLong();

    @Test
    void queriesAreEmbeddedBeforePairsAreScoredAndTheseBeforePassagesAreEmbedded() throws Exception {
        try (Workers workers = new Workers(1, clock::get);
                TestModel reranker = model("pair", workers, LONG, Priority.RERANKING);
                TestModel passages = model("passage", workers, LONG, Priority.PASSAGE_EMBEDDING);
                TestModel queries = model("query", workers, LONG, Priority.QUERY_EMBEDDING)) {
            reranker.hang();
            List<CompletableFuture<String>> results =
                    List.of(passages.run(), reranker.run(), queries.run(), queries.run());
            reranker.release.countDown();
            for (CompletableFuture<String> result : results) {
                get(result);
            }
            assertThat(order).containsExactly("query", "query", "pair", "passage");
        }
    }

    @Test
    void whatGoesLastHasAnEighthOfTheTimeHoweverLongItsRuns() throws Exception {
        try (Workers workers = new Workers(1, clock::get);
                TestModel passages = model("passage", workers, LONG, Priority.PASSAGE_EMBEDDING);
                TestModel queries = model("query", workers, LONG, Priority.QUERY_EMBEDDING)) {
            passages.model.takesMs = 1_000;
            queries.model.takesMs = 100;
            queries.hang();
            List<CompletableFuture<String>> results = new ArrayList<>(List.of(passages.run(), passages.run()));
            for (int i = 0; i < 150; i++) {
                results.add(queries.run());
            }
            queries.release.countDown();
            for (CompletableFuture<String> result : results) {
                get(result);
            }
            assertThat(order.indexOf("passage")).isEqualTo(7); // thought to take 100 ms at first
            assertThat(order.lastIndexOf("passage")).isEqualTo(1 + 2 * 7 * 10);
        }
    }

    /** They use no core, so that text can be tokenised meanwhile. */
    @Test
    void runsThatWaitForADeviceHaveThreadsOfTheirOwn() throws Exception {
        try (Workers workers = new Workers(1)) {
            Deque<String> done = new ConcurrentLinkedDeque<>();
            CountDownLatch release = new CountDownLatch(1);
            CountDownLatch waiting = new CountDownLatch(2);
            CountDownLatch text = new CountDownLatch(1);
            Device device = new Device(workers, 2);
            workers.add(device);
            for (int i = 0; i < 2; i++) {
                device.put(() -> {
                    waiting.countDown();
                    awaitQuietly(release);
                    done.add("run");
                });
            }
            assertThat(waiting.await(30, TimeUnit.SECONDS)).isTrue();
            device.put(() -> {
                done.add("text");
                text.countDown();
            });
            assertThat(text.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(done).containsExactly("text");
            assertThat(workers.threads()).isEqualTo(3);
            workers.remove(device);
            workers.remove(device);
            release.countDown();
            await().until(workers::threads, threads -> threads == 1);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Device(Workers workers, int waitingRuns, Queue<Runnable> work) implements WorkSource {
        Device(Workers workers, int waitingRuns) {
            this(workers, waitingRuns, new ArrayDeque<>());
        }

        void put(Runnable run) {
            synchronized (workers.lock()) {
                work.add(run);
                workers.wake();
            }
        }

        @Override
        public Priority priority() {
            return Priority.RERANKING;
        }

        @Override
        public long delay(long now) {
            return work.isEmpty() ? Long.MAX_VALUE : 0;
        }

        @Override
        public @Nullable Runnable next(long now) {
            return work.poll();
        }
    }

    @Test
    void equalsTakeTurns() throws Exception {
        try (Workers workers = new Workers(1);
                TestModel one = model("one", workers, LONG, Priority.RERANKING);
                TestModel other = model("other", workers, LONG, Priority.RERANKING)) {
            one.hang();
            List<CompletableFuture<String>> results = List.of(one.run(), one.run(), other.run(), other.run());
            one.release.countDown();
            for (CompletableFuture<String> result : results) {
                get(result);
            }
            assertThat(order).containsExactly("other", "one", "other", "one");
        }
    }

    @Test
    void twoModelsTogetherRunNoMoreThanTheBudget() throws Exception {
        try (Workers workers = new Workers(2);
                TestModel one = model("one", workers, LONG, Priority.RERANKING);
                TestModel other = model("other", workers, LONG, Priority.QUERY_EMBEDDING)) {
            one.hang();
            one.hang();
            List<CompletableFuture<String>> results = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                results.add(i % 2 == 0 ? one.run() : other.run());
            }
            one.release.countDown();
            for (CompletableFuture<String> result : results) {
                get(result);
            }
            assertThat(most).hasValue(2);
        }
    }

    @Test
    void aRunThatHangsIsGivenUpAndTheOtherModelGoesOn() throws Exception {
        try (Workers workers = new Workers(1);
                TestModel hung = model("hung", workers, SHORT, Priority.QUERY_EMBEDDING);
                TestModel other = model("other", workers, LONG, Priority.PASSAGE_EMBEDDING)) {
            for (int i = 0; i < 4; i++) {
                CompletableFuture<String> lost = hung.hang();
                CompletableFuture<String> waiting = other.run();
                assertThatThrownBy(() -> get(lost)).hasMessageContaining("Model hung hangs");
                assertThat(get(waiting)).isEqualTo("other");
            }
            assertThatThrownBy(hung::run).isInstanceOf(UnavailableException.class);
            assertThat(get(other.run())).isEqualTo("other");
            hung.release.countDown();
        }
    }

    @Test
    void aModelThatIsClosedWhileARunHangsLeavesTheOthersAllThreads() throws Exception {
        RunTimeouts close = new RunTimeouts(Duration.ofMinutes(5), Duration.ofMillis(50));
        try (Workers workers = new Workers(1);
                TestModel other = model("other", workers, LONG, Priority.PASSAGE_EMBEDDING)) {
            TestModel hung = model("hung", workers, close, Priority.QUERY_EMBEDDING);
            CompletableFuture<String> lost = hung.hang();
            CompletableFuture<String> waiting = other.run();
            hung.close();
            assertThatThrownBy(() -> get(lost)).hasMessageContaining("Model hung was closed");
            assertThat(get(waiting)).isEqualTo("other");
            hung.release.countDown();
        }
    }

    @Test
    void aModelMayHaveFewerRunsThanThereAreWorkers() throws Exception {
        try (Workers workers = new Workers(2);
                TestModel one = new TestModel(new FakeModel("one", Priority.RERANKING), workers, LONG, 1);
                TestModel other = model("other", workers, LONG, Priority.PASSAGE_EMBEDDING)) {
            one.hang();
            CompletableFuture<String> behind = one.run();
            assertThat(get(other.run())).isEqualTo("other");
            assertThat(behind).isNotDone();
            one.release.countDown();
            assertThat(get(behind)).isEqualTo("one");
        }
    }

    @Test
    void whoAsksForTheSameNumberSharesTheWorkers() throws Exception {
        SharedModels.Use<Workers> one = Workers.share(0);
        SharedModels.Use<Workers> other = Workers.share(Runtime.getRuntime().availableProcessors());
        assertThat(one.model()).isSameAs(other.model());
        one.release().run();
        other.release().run();
    }

    private TestModel model(String name, Workers workers, RunTimeouts timeouts, Priority priority) {
        return new TestModel(new FakeModel(name, priority), workers, timeouts, 0);
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    /** One model's work, one item a run. */
    private static final class TestModel implements AutoCloseable {
        private final FakeModel model;
        private final Batcher<String> batcher;
        private final CountDownLatch release;
        private int hangs;

        TestModel(FakeModel model, Workers workers, RunTimeouts timeouts, int limit) {
            this.model = model;
            this.release = model.release;
            BatchPolicy policy = new BatchPolicy(64, 1, Duration.ZERO, limit, 1_000_000);
            this.batcher = new Batcher<>(model, policy, timeouts, workers);
        }

        CompletableFuture<String> run() throws InferenceException {
            return submit(1);
        }

        /** Returns when the run hangs. */
        CompletableFuture<String> hang() throws InferenceException, InterruptedException {
            CountDownLatch arrival = new CountDownLatch(1);
            model.arrival = arrival;
            CompletableFuture<String> result = submit(FakeModel.HANG - hangs++);
            arrival.await();
            return result;
        }

        private CompletableFuture<String> submit(int id) throws InferenceException {
            CompletableFuture<String> result = new CompletableFuture<>();
            Encoding encoding = new Encoding(new int[] {id}, 1, false);
            batcher.submit(
                    List.of(new FutureTask<>(encoding, model.priority, Long.MAX_VALUE, 0, result)),
                    List.of(),
                    Long.MAX_VALUE);
            return result;
        }

        @Override
        public void close() {
            batcher.close();
        }
    }

    private final class FakeModel implements BatchModel<String>, Model {
        static final int HANG = -1;

        private final String name;
        private final Priority priority;
        private final CountDownLatch release = new CountDownLatch(1);
        private volatile CountDownLatch arrival = new CountDownLatch(1);
        private volatile int takesMs = 10;

        FakeModel(String name, Priority priority) {
            this.name = name;
            this.priority = priority;
        }

        @Override
        public Model model() {
            return this;
        }

        @Override
        public ModelInfo info() {
            return new ModelInfo(name, "", 1);
        }

        @Override
        public int maxBatchSize() {
            return 1;
        }

        @Override
        public List<String> run(List<Encoding> batch) throws InferenceException {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            try {
                if (batch.get(0).ids()[0] <= HANG) {
                    arrival.countDown();
                    release.await();
                } else {
                    order.add(name);
                    clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(takesMs));
                }
                return List.of(name);
            } catch (InterruptedException e) {
                throw new InferenceException("interrupted", e);
            } finally {
                running.decrementAndGet();
            }
        }

        @Override
        public @Nullable String validate(String result) {
            return null;
        }

        @Override
        public void close() {}
    }
}
