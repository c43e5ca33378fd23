// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.inference.batching.RequestQueue.Job;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.workers.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
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
    void underTwiceItsCapacityWhatIsLetInIsDoneInTime(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        int workers = 1 + random.nextInt(4);
        int pairs = 1 + random.nextInt(40);
        RequestQueue<Integer> backlog = backlog(1 << random.nextInt(7), Duration.ZERO);
        PriorityQueue<Running> running = new PriorityQueue<>(Comparator.comparingLong(Running::end));
        List<Asked> admitted = new ArrayList<>();
        long end = now + 30 * SECOND;
        for (long arrival = now; now < end; ) {
            while (arrival <= now) {
                Asked query = Asked.of(random, pairs, now + SECOND);
                if (backlog.tooLate(query.tokens(), query.deadline, now) == null) {
                    add(backlog, query.tasks);
                    admitted.add(query);
                }
                arrival += query.tokens() * MILLISECOND / 10 / workers / 2;
            }
            for (Job<Integer> job = null; running.size() < workers && (job = backlog.next(now, true)) != null; ) {
                job.expired().forEach(InferenceTask::expire);
                long nanos = tokens(job) * MILLISECOND / 10 * (75 + random.nextInt(50)) / 100;
                running.add(new Running(job, now + nanos));
            }
            now = running.isEmpty() ? arrival : Math.min(arrival, running.element().end);
            while (!running.isEmpty() && running.element().end <= now) {
                run(backlog, running.remove().job, 0);
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
        RequestQueue<Integer> backlog = backlogAtOneTokenAMillisecond();
        add(backlog, List.of(task(500, now + SECOND)));
        assertThat(backlog.tooLate(250, now + SECOND, now)).isNull();
        assertThat(backlog.tooLate(260, now + SECOND, now))
                .isInstanceOf(OverloadException.class)
                .hasMessage(
                        "Model m would be done with this in about 760 ms, which is more than 75 % of the 1000 ms left;"
                                + " allow more time, send less or add workers.");
        assertThat(backlog.tooLate(1_000_000, NEVER, now)).isNull();
    }

    @Test
    void whatRunsGoesBeforeIt() {
        RequestQueue<Integer> backlog = backlogAtOneTokenAMillisecond();
        add(backlog, List.of(task(400, now + SECOND), task(100, now + SECOND)));
        Job<Integer> running = next(backlog);
        assertThat(tokens(running)).isEqualTo(400);
        assertThat(backlog.tooLate(260, now + SECOND, now)).isNotNull();
        backlog.done(running, 0, now);
        assertThat(backlog.tooLate(260, now + SECOND, now)).isNull();
    }

    @Test
    void whereThereAreBatchesTheirCompanyGoesBeforeItToo() {
        RequestQueue<Integer> backlog = backlogAtOneTokenAMillisecond(2);
        add(backlog, List.of(task(300, now + SECOND)));
        assertThat(backlog.tooLate(200, now + SECOND, now)).isNull();
        assertThat(backlog.tooLate(210, now + SECOND, now)).isNotNull().hasMessageContaining("in about 765 ms");
    }

    @Test
    void whatHasALaterDeadlineDoesNotGoBeforeIt() {
        RequestQueue<Integer> backlog = backlogAtOneTokenAMillisecond();
        add(backlog, List.of(task(1, now + SECOND), task(1_000, now + 2 * SECOND)));
        assertThat(backlog.tooLate(700, now + SECOND, now)).isNull();
        assertThat(backlog.tooLate(700, now + 2 * SECOND, now)).isNotNull();
    }

    @Test
    void whereNothingGoesBeforeItAnythingMayTry() {
        RequestQueue<Integer> backlog = backlogAtOneTokenAMillisecond();
        assertThat(backlog.tooLate(100_000, now + SECOND, now)).isNull();
        add(backlog, List.of(task(5_000, now + 2 * SECOND)));
        assertThat(backlog.tooLate(100_000, now + SECOND, now)).isNull();
    }

    @Test
    void beforeItsPaceIsKnownNothingIsRefused() {
        RequestQueue<Integer> backlog = backlog(1, Duration.ZERO);
        add(backlog, List.of(task(1_000_000, now + SECOND)));
        assertThat(backlog.tooLate(1_000_000, now + SECOND, now)).isNull();
    }

    @Test
    void theTasksOfAQueryThatExpiresLeaveTogetherAndAreNotRun() {
        RequestQueue<Integer> backlog = backlog(1, Duration.ZERO);
        List<InferenceTask<Integer>> late = Collections.nCopies(20, task(10, now + SECOND));
        InferenceTask<Integer> inTime = task(10, now + 2 * SECOND);
        add(backlog, late);
        add(backlog, List.of(inTime));
        now += SECOND;
        Job<Integer> job = next(backlog);
        assertThat(job.expired()).isEqualTo(late);
        assertThat(job.batch()).containsExactly(inTime);
        assertThat(backlog.items()).isZero();
    }

    @Test
    void aLoneTaskDoesNotWaitForCompanyOnAnIdleModel() {
        RequestQueue<Integer> backlog = backlog(16, Duration.ofMillis(50));
        assertThat(backlog.delay(now, true)).isEqualTo(NEVER);
        add(backlog, List.of(task(10, NEVER)));
        assertThat(backlog.delay(now, true)).isZero();
        Job<Integer> first = next(backlog);
        assertThat(first.batch()).hasSize(1);
        add(backlog, List.of(task(10, NEVER)));
        assertThat(backlog.delay(now, true)).isEqualTo(50 * MILLISECOND);
        assertThat(backlog.next(now, true)).isNull();
        backlog.done(first, 10, now);
        assertThat(backlog.delay(now, true)).isZero();
    }

    @Test
    void tasksWaitForThoseThatAreBeingTokenised() {
        RequestQueue<Integer> backlog = backlog(16, Duration.ofMillis(50));
        backlog.add(preparation(1));
        Job<Integer> preparing = next(backlog);
        add(backlog, List.of(task(10, NEVER)));
        assertThat(backlog.delay(now, true)).isEqualTo(50 * MILLISECOND);
        backlog.done(preparing, 0, now);
        assertThat(backlog.delay(now, true)).isZero();
    }

    @Test
    void whatWaitsToBeTokenisedCountsAsWaiting() {
        RequestQueue<Integer> backlog = backlog(16, Duration.ZERO);
        backlog.add(preparation(20));
        add(backlog, List.of(task(10, NEVER)));
        assertThat(backlog.items()).isEqualTo(21);
        assertThat(backlog.tokens()).isEqualTo(100 + 10);
        assertThat(next(backlog).preparation()).isNotNull();
        assertThat(backlog.items()).isEqualTo(1);
        assertThat(backlog.tokens()).isEqualTo(10);
        backlog.add(preparation(20));
        backlog.drain();
        assertThat(backlog.items()).isZero();
        assertThat(backlog.tokens()).isZero();
    }

    private RequestQueue<Integer> backlogAtOneTokenAMillisecond() {
        return backlogAtOneTokenAMillisecond(1);
    }

    private RequestQueue<Integer> backlogAtOneTokenAMillisecond(int maxItems) {
        RequestQueue<Integer> backlog = backlog(maxItems, Duration.ZERO);
        add(backlog, Collections.nCopies(31 * maxItems, task(100, NEVER)));
        for (int i = 0; i < 31; i++) {
            run(backlog, next(backlog), 100L * maxItems * MILLISECOND);
        }
        return backlog;
    }

    private void run(RequestQueue<Integer> backlog, Job<Integer> job, long nanos) {
        now += nanos;
        job.batch().stream()
                .filter(task -> !task.expired(now))
                .forEach(task -> task.result().complete(1));
        backlog.done(job, tokens(job), now);
    }

    private void add(RequestQueue<Integer> backlog, List<InferenceTask<Integer>> tasks) {
        List<InferenceTask<Integer>> expired = new ArrayList<>();
        assertThat(backlog.add(tasks, now, expired)).isNull();
        assertThat(expired).isEmpty();
    }

    private Job<Integer> next(RequestQueue<Integer> backlog) {
        return Objects.requireNonNull(backlog.next(now, true));
    }

    private static long tokens(Job<Integer> job) {
        return job.batch().stream().mapToLong(InferenceTask::tokens).sum();
    }

    private static RequestQueue<Integer> backlog(int maxItems, Duration maxDelay) {
        return new RequestQueue<>(new Model(), new BatchPolicy(10_000_000, maxItems, maxDelay, 1, 100_000_000));
    }

    private static InferenceTask<Integer> task(int tokens, long deadline) {
        return new InferenceTask<>(
                new Encoding(new int[tokens], tokens, false), true, deadline, new CompletableFuture<>(), 0);
    }

    private static TokenizationTask preparation(int items) {
        return new TokenizationTask(items, 400, true, NEVER, new CompletableFuture<>(), () -> {});
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
                    .allMatch(task -> task.result().isDone() && !task.result().isCompletedExceptionally());
        }
    }

    private static final class Model implements BatchModel<Integer> {
        @Override
        public String name() {
            return "m";
        }

        @Override
        public int maxBatchSize() {
            return Integer.MAX_VALUE;
        }

        @Override
        public Priority precedence(boolean urgent) {
            return Priority.RERANKING;
        }

        @Override
        public List<Integer> run(List<Encoding> batch) {
            throw new UnsupportedOperationException("the tests run nothing");
        }

        @Override
        public @Nullable String flaw(Integer result) {
            return null;
        }

        @Override
        public void close() {}
    }
}
