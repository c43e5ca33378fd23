// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.workers;

import static io.streamrank.inference.workers.Priority.PASSAGE_EMBEDDING;
import static io.streamrank.inference.workers.Priority.QUERY_EMBEDDING;
import static io.streamrank.inference.workers.Priority.RERANKING;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.inference.workers.PriorityScheduler.Grant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PrioritySchedulerTest {
    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    private final PriorityScheduler scheduler = new PriorityScheduler();

    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    /** Each has its typical run, from one to a thousand milliseconds, and all wait all the time. */
    @ParameterizedTest
    @MethodSource("seeds")
    void whoeverGoesLaterHasAtMostAnEighthOfTheTimeAndSome(long seed) {
        Random random = new Random(seed);
        Map<Priority, Long> used = run(random, Set.of(Priority.values()), 1 + random.nextInt(4), 4_000);
        double all = used.values().stream().mapToLong(Long::longValue).sum();
        assertThat(used.get(PASSAGE_EMBEDDING) / all).isBetween(0.06, 0.126);
        assertThat(used.get(RERANKING) / all).isBetween(0.06, 0.126);
    }

    @Test
    void aLongRunIsPaidForByManyShortOnes() {
        Set<Priority> both = Set.of(RERANKING, PASSAGE_EMBEDDING);
        int pairs = 0;
        int passages = 0;
        for (int i = 0; i < 10_000; i++) {
            Grant grant = scheduler.next(both);
            boolean pair = grant.priority() == RERANKING;
            pairs += pair ? 1 : 0;
            passages += pair ? 0 : 1;
            scheduler.finish(grant, (pair ? 10 : 1_000) * MILLISECOND);
        }
        assertThat(pairs).isBetween(9_980, 9_990); // some 99.9 s, so some 14 s for those that wait
        assertThat(passages).isBetween(10, 20);
    }

    @Test
    void whoWaitsAloneGoesAtOnce() {
        for (int i = 0; i < 100; i++) {
            Grant grant = scheduler.next(Set.of(PASSAGE_EMBEDDING));
            assertThat(grant.priority()).isEqualTo(PASSAGE_EMBEDDING);
            scheduler.finish(grant, 1_000 * MILLISECOND);
        }
        assertThat(scheduler.next(Set.of(PASSAGE_EMBEDDING, QUERY_EMBEDDING)).priority())
                .isEqualTo(QUERY_EMBEDDING);
    }

    @Test
    void aRunThatDoesNotEndCostsWhatItReservedAndNoMore() {
        Set<Priority> both = Set.of(RERANKING, PASSAGE_EMBEDDING);
        int lost = 0;
        for (int i = 0; i < 10_000; i++) {
            Grant grant = scheduler.next(both);
            if (grant.priority() == RERANKING) {
                scheduler.finish(grant, 10 * MILLISECOND);
            } else {
                lost++;
            }
        }
        assertThat(lost).isBetween(100, 150); // each thought to take 100 ms, in 100 s
    }

    /** So many workers, each of which takes the next turn when it comes free. */
    private Map<Priority, Long> run(Random random, Set<Priority> waiting, int workers, int runs) {
        record Run(Grant grant, long nanos, long end) {}
        Map<Priority, Integer> typicalMs = new EnumMap<>(Priority.class);
        waiting.forEach(priority -> typicalMs.put(priority, (int) Math.pow(10, 3 * random.nextDouble())));
        int longest = typicalMs.values().stream().max(Comparator.naturalOrder()).orElseThrow();
        Map<Priority, Long> used = new EnumMap<>(Priority.class);
        PriorityQueue<Run> running = new PriorityQueue<>(Comparator.comparingLong(Run::end));
        long now = 0;
        while (now < (long) runs * longest * MILLISECOND / 10) {
            while (running.size() < workers) {
                Grant grant = scheduler.next(waiting);
                long nanos = typicalMs.get(grant.priority()) * MILLISECOND / 2 * (1 + random.nextInt(3));
                running.add(new Run(grant, nanos, now + nanos));
            }
            Run first = running.remove();
            now = first.end();
            used.merge(first.grant().priority(), first.nanos(), Long::sum);
            scheduler.finish(first.grant(), first.nanos());
        }
        return used;
    }
}
