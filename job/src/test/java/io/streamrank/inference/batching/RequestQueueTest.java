// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.inference.batching.RequestQueue.Batch;
import io.streamrank.inference.batching.RequestQueue.Job;
import io.streamrank.inference.batching.RequestQueue.Tokenization;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.Model;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.Padding;
import io.streamrank.inference.model.UnavailableException;
import io.streamrank.inference.workers.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RequestQueueTest {
    private static final long NEVER = Long.MAX_VALUE;
    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private long now = SECOND;

    static LongStream seeds() {
        return LongStream.range(0, 30);
    }

    /**
     * Twice as much is asked as the model can do, with a second's time: ten tokens a millisecond and worker, on a machine
     * that is busy with other things too. Without admission next to nothing is in time.
     */
    @ParameterizedTest
    @MethodSource("seeds")
    void underTwiceItsCapacityWhatIsAdmittedIsDoneInTime(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        int workers = 1 + random.nextInt(4);
        int pairs = 1 + random.nextInt(40);
        RequestQueue<Integer> queue = queue(1 << random.nextInt(7), Duration.ZERO);
        PriorityQueue<Running> running = new PriorityQueue<>(Comparator.comparingLong(Running::end));
        List<Asked> admitted = new ArrayList<>();
        long end = now + 30 * SECOND;
        for (long arrival = now; now < end; ) {
            while (arrival <= now) {
                Asked query = Asked.of(random, pairs, now + SECOND);
                if (queue.add(query.tasks, List.of(), query.deadline, now, new ArrayList<>()) == null) {
                    admitted.add(query);
                }
                arrival += query.tokens() * MILLISECOND / 10 / workers / 2;
            }
            for (Job<Integer> job = null; running.size() < workers && (job = queue.next(now, true)) != null; ) {
                ((Batch<Integer>) job).expired().forEach(InferenceTask::expire);
                long nanos = tokens(job) * MILLISECOND / 10 * (75 + random.nextInt(50)) / 100;
                running.add(new Running(job, now + nanos));
            }
            now = running.isEmpty() ? arrival : Math.min(arrival, running.element().end);
            while (!running.isEmpty() && running.element().end <= now) {
                run(queue, running.remove().job, 0);
            }
        }
        List<Asked> settled = admitted.stream()
                .filter(query -> query.deadline > 5 * SECOND && query.deadline < end)
                .toList();
        List<Asked> inTime = settled.stream().filter(Asked::isAnswered).toList();
        assertThat(inTime.size()).isGreaterThanOrEqualTo(settled.size() * 95 / 100);
        long done = inTime.stream().mapToLong(Asked::tokens).sum();
        assertThat(done).isGreaterThan((end - 5 * SECOND) / MILLISECOND * 10 * workers * 90 / 100);
    }

    @Test
    void refusesWhatWouldTakeMoreThanThreeQuartersOfTheTimeLeft() {
        RequestQueue<Integer> queue = queueAtOneTokenAMillisecond();
        add(queue, List.of(task(500, now + SECOND)));
        assertThat(queue.tooLate(250, now + SECOND, now)).isNull();
        assertThat(queue.tooLate(260, now + SECOND, now))
                .isInstanceOf(OverloadException.class)
                .hasMessage(
                        "Model m would be done with this in about 760 ms, which is more than 75 % of the 1000 ms left;"
                                + " allow more time, send less or add workers.");
        assertThat(queue.tooLate(1_000_000, NEVER, now)).isNull();
    }

    @Test
    void doesNotForeseeMoreThanAMinute() {
        RequestQueue<Integer> queue = queueAtOneTokenAMillisecond();
        add(queue, List.of(task(500, now + SECOND)));
        assertThat(queue.tooLate(1_000_000, now + 60 * SECOND, now)).isInstanceOf(OverloadException.class);
        assertThat(queue.tooLate(1_000_000, now + 61 * SECOND, now)).isNull();
    }

    @Test
    void whatRunsGoesBeforeIt() {
        RequestQueue<Integer> queue = queueAtOneTokenAMillisecond();
        add(queue, List.of(task(400, now + SECOND), task(100, now + SECOND)));
        Job<Integer> running = next(queue);
        assertThat(tokens(running)).isEqualTo(400);
        assertThat(queue.tooLate(260, now + SECOND, now)).isNotNull();
        queue.done(running, 0, now);
        assertThat(queue.tooLate(260, now + SECOND, now)).isNull();
    }

    @Test
    void whatFillsTheBatchesBeforeItGoesBeforeItToo() {
        RequestQueue<Integer> queue = queueAtOneTokenAMillisecond(2);
        add(queue, List.of(task(300, now + SECOND)));
        assertThat(queue.tooLate(120, now + SECOND, now)).isNull();
        assertThat(queue.tooLate(140, now + SECOND, now)).isNotNull().hasMessageContaining("in about 770 ms");
    }

    @Test
    void whatHasALaterDeadlineDoesNotGoBeforeIt() {
        RequestQueue<Integer> queue = queueAtOneTokenAMillisecond();
        add(queue, List.of(task(1, now + SECOND), task(1_000, now + 2 * SECOND)));
        assertThat(queue.tooLate(700, now + SECOND, now)).isNull();
        assertThat(queue.tooLate(700, now + 2 * SECOND, now)).isNotNull();
    }

    @Test
    void whereNothingGoesBeforeItAnythingMayTry() {
        RequestQueue<Integer> queue = queueAtOneTokenAMillisecond();
        assertThat(queue.tooLate(100_000, now + SECOND, now)).isNull();
        add(queue, List.of(task(5_000, now + 2 * SECOND)));
        assertThat(queue.tooLate(100_000, now + SECOND, now)).isNull();
    }

    @Test
    void beforeItsThroughputIsKnownNothingIsRefused() {
        RequestQueue<Integer> queue = queue(1, Duration.ZERO);
        add(queue, List.of(task(1_000_000, now + SECOND)));
        assertThat(queue.tooLate(1_000_000, now + SECOND, now)).isNull();
    }

    @Test
    void theTasksOfAQueryThatExpiresLeaveTogetherAndAreNotRun() {
        RequestQueue<Integer> queue = queue(1, Duration.ZERO);
        List<InferenceTask<Integer>> late = tasks(20, 10, now + SECOND);
        InferenceTask<Integer> inTime = task(10, now + 2 * SECOND);
        add(queue, late);
        add(queue, List.of(inTime));
        now += SECOND;
        Batch<Integer> job = (Batch<Integer>) next(queue);
        assertThat(job.expired()).isEqualTo(late);
        assertThat(job.tasks()).containsExactly(inTime);
        assertThat(queue.items()).isZero();
    }

    @Test
    void aLoneTaskDoesNotWaitForOthersOnAnIdleModel() {
        RequestQueue<Integer> queue = queue(16, Duration.ofMillis(50));
        assertThat(queue.delay(now, true)).isEqualTo(NEVER);
        add(queue, List.of(task(10, NEVER)));
        assertThat(queue.delay(now, true)).isZero();
        Job<Integer> first = next(queue);
        assertThat(first.requests()).hasSize(1);
        add(queue, List.of(task(10, NEVER)));
        assertThat(queue.delay(now, true)).isEqualTo(50 * MILLISECOND);
        assertThat(queue.next(now, true)).isNull();
        queue.done(first, 10, now);
        assertThat(queue.delay(now, true)).isZero();
    }

    @Test
    void tasksWaitForThoseThatAreBeingTokenised() {
        RequestQueue<Integer> queue = queue(16, Duration.ofMillis(50));
        queue.add(tokenization(1));
        Job<Integer> tokenizing = next(queue);
        add(queue, List.of(task(10, NEVER)));
        assertThat(queue.delay(now, true)).isEqualTo(50 * MILLISECOND);
        queue.done(tokenizing, 0, now);
        assertThat(queue.delay(now, true)).isZero();
    }

    @Test
    void whatWaitsToBeTokenisedCountsAsWaiting() {
        RequestQueue<Integer> queue = queue(16, Duration.ZERO);
        queue.add(tokenization(20));
        add(queue, List.of(task(10, NEVER)));
        assertThat(queue.items()).isEqualTo(21);
        assertThat(queue.tokens()).isEqualTo(100 + 10);
        assertThat(next(queue)).isInstanceOf(Tokenization.class);
        assertThat(queue.items()).isEqualTo(1);
        assertThat(queue.tokens()).isEqualTo(10);
        queue.add(tokenization(20));
        queue.close(new UnavailableException("closed"));
        assertThat(queue.items()).isZero();
        assertThat(queue.tokens()).isZero();
    }

    @Test
    void takesAllTasksOrNone() {
        RequestQueue<Integer> queue =
                new RequestQueue<>(new TestModel(Batching.CPU), new BatchPolicy(64, 8, Duration.ZERO, 1, 100));
        List<InferenceTask<Integer>> tooMany = List.of(task(60, NEVER), task(41, NEVER));
        assertThat(queue.add(tooMany, List.of(), NEVER, now, new ArrayList<>()))
                .isNotNull()
                .hasMessage(
                        "Model m has 0 tokens waiting and 101 more would exceed the limit of 100; send less at a time"
                                + " or add workers.");
        assertThat(queue.items()).isZero();
        add(queue, List.of(task(60, NEVER), task(40, NEVER)));
        assertThat(queue.items()).isEqualTo(2);
    }

    @Test
    void whatIsSharedCountsAsWorkThatGoesBeforeAndMovesUp() {
        RequestQueue<Integer> queue = queueAtOneTokenAMillisecond();
        InferenceTask<Integer> shared = task(500, now + 10 * SECOND);
        add(queue, List.of(task(200, now + SECOND), shared));
        List<InferenceTask<Integer>> more = List.of(task(60, now + SECOND));
        assertThat(queue.add(more, List.of(shared), now + SECOND, now, new ArrayList<>()))
                .isNotNull()
                .hasMessageContaining("in about 760 ms");
        assertThat(shared.deadlineNanos()).isEqualTo(now + 10 * SECOND);
        List<InferenceTask<Integer>> less = List.of(task(40, now + SECOND));
        assertThat(queue.add(less, List.of(shared), now + SECOND, now, new ArrayList<>()))
                .isNull();
        assertThat(shared.deadlineNanos()).isEqualTo(now + SECOND);
    }

    @Test
    void whatWasLetInBeforeIsTakenAgainHoweverMuchWaits() {
        RequestQueue<Integer> queue =
                new RequestQueue<>(new TestModel(Batching.CPU), new BatchPolicy(64, 8, Duration.ZERO, 1, 100));
        add(queue, List.of(task(100, now + SECOND)));
        InferenceTask<Integer> shared = task(1, NEVER);
        assertThat(queue.addAgain(List.of(shared), List.of(), NEVER, now)).isNull();
        assertThat(queue.addAgain(List.of(task(60, now + SECOND)), List.of(shared), now + SECOND, now))
                .isNull();
        assertThat(queue.tokens()).isEqualTo(161);
        assertThat(shared.deadlineNanos()).isEqualTo(now + SECOND);
        UnavailableException closed = new UnavailableException("closed");
        queue.close(closed);
        assertThat(queue.addAgain(List.of(task(60, NEVER)), List.of(), NEVER, now))
                .isSameAs(closed);
        assertThat(queue.items()).isZero();
    }

    private RequestQueue<Integer> queueAtOneTokenAMillisecond() {
        return queueAtOneTokenAMillisecond(1);
    }

    private RequestQueue<Integer> queueAtOneTokenAMillisecond(int maxItems) {
        RequestQueue<Integer> queue = queue(maxItems, Duration.ZERO);
        add(queue, tasks(31 * maxItems, 100, NEVER));
        for (int i = 0; i < 31; i++) {
            run(queue, next(queue), 100L * maxItems * MILLISECOND);
        }
        return queue;
    }

    private void run(RequestQueue<Integer> queue, Job<Integer> job, long nanos) {
        now += nanos;
        if (job instanceof Batch<Integer> batch) {
            batch.tasks().stream().filter(task -> !task.expired(now)).forEach(task -> task.complete(1));
        }
        queue.done(job, tokens(job), now);
    }

    private void add(RequestQueue<Integer> queue, List<InferenceTask<Integer>> tasks) {
        List<InferenceTask<Integer>> expired = new ArrayList<>();
        assertThat(queue.add(tasks, List.of(), NEVER, now, expired)).isNull();
        assertThat(expired).isEmpty();
    }

    private Job<Integer> next(RequestQueue<Integer> queue) {
        return Objects.requireNonNull(queue.next(now, true));
    }

    private static long tokens(Job<Integer> job) {
        return job instanceof Batch<Integer> batch
                ? batch.tasks().stream().mapToLong(InferenceTask::tokens).sum()
                : 0;
    }

    /** Its run takes no core from the text, and the device would be idle. */
    @Test
    void whereRunsWaitForADeviceABatchGoesBeforeText() {
        for (Batching batching : List.of(Batching.CPU, Batching.gpu(Padding.TO_THE_LONGEST))) {
            RequestQueue<Integer> queue = withTextAndATask(batching);
            boolean first = queue.next(now, true) instanceof Batch;
            assertThat(first).isEqualTo(!batching.equals(Batching.CPU));
            assertThat(queue.next(now, true)).isNotNull();
            assertThat(queue.next(now, true)).isNull();
        }
    }

    @Test
    void whereADeviceHasNoRoomForABatchTextIsTokenised() {
        RequestQueue<Integer> queue = withTextAndATask(Batching.gpu(Padding.TO_THE_LONGEST));
        assertThat(queue.next(now, false)).isInstanceOf(Tokenization.class);
        assertThat(queue.next(now, false)).isNull();
    }

    private RequestQueue<Integer> withTextAndATask(Batching batching) {
        RequestQueue<Integer> queue =
                new RequestQueue<>(new TestModel(batching), new BatchPolicy(10_000, 16, Duration.ZERO, 1, 100_000_000));
        assertThat(queue.add(tokenization(1))).isNull();
        add(queue, tasks(1, 10, NEVER));
        return queue;
    }

    private static RequestQueue<Integer> queue(int maxItems, Duration maxDelay) {
        return new RequestQueue<>(
                new TestModel(Batching.CPU), new BatchPolicy(10_000_000, maxItems, maxDelay, 1, 100_000_000));
    }

    private static List<InferenceTask<Integer>> tasks(int count, int tokens, long deadline) {
        return Stream.generate(() -> task(tokens, deadline)).limit(count).toList();
    }

    private static InferenceTask<Integer> task(int tokens, long deadline) {
        return new FutureTask<>(
                new Encoding(new int[tokens], tokens, false),
                Priority.RERANKING,
                deadline,
                0,
                new CompletableFuture<>());
    }

    private static TokenizationTask tokenization(int items) {
        return new TokenizationTask(items, 400, Priority.RERANKING, NEVER, new CompletableFuture<>(), () -> {});
    }

    private record Running(Job<Integer> job, long end) {}

    private record Asked(List<InferenceTask<Integer>> tasks, long deadline) {
        static Asked of(Random random, int pairs, long deadline) {
            List<InferenceTask<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < pairs; i++) {
                tasks.add(task(20 + random.nextInt(100), deadline));
            }
            return new Asked(tasks, deadline);
        }

        long tokens() {
            return tasks.stream().mapToLong(InferenceTask::tokens).sum();
        }

        boolean isAnswered() {
            return tasks.stream()
                    .map(task -> ((FutureTask<Integer>) task).result())
                    .allMatch(result -> result.isDone() && !result.isCompletedExceptionally());
        }
    }

    private record TestModel(Batching batching) implements BatchModel<Integer>, Model {
        @Override
        public Model model() {
            return this;
        }

        @Override
        public ModelInfo info() {
            return new ModelInfo("m", "", Integer.MAX_VALUE);
        }

        @Override
        public int maxBatchSize() {
            return Integer.MAX_VALUE;
        }

        @Override
        public List<Integer> run(List<Encoding> batch) {
            throw new UnsupportedOperationException("the tests run nothing");
        }

        @Override
        public @Nullable String validate(Integer result) {
            return null;
        }

        @Override
        public void close() {}
    }
}
