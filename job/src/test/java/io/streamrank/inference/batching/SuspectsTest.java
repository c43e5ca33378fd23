// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.inference.batching.RequestQueue.Job;
import io.streamrank.inference.model.Encoding;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SuspectsTest {
    private final Suspects<Integer> suspects = new Suspects<>();

    @Test
    void noTwoSuspectsRunAtATimeAndOthersDo() {
        Job<Integer> batch = suspects.sift(job(List.of(task(1), task(2)))).job();
        suspects.hang(batch);
        Job<Integer> first = suspects.next(0).job();
        assertThat(first.batch()).hasSize(1);
        assertThat(suspects.ready()).isFalse();
        assertThat(suspects.sift(job(List.of(task(3), task(2)))).job().batch()).hasSize(1);
        suspects.acquit(first);
        suspects.leave(first);
        assertThat(suspects.next(0).job().batch()).containsExactly(batch.batch().get(1));
    }

    @Test
    void theGuiltyAreRememberedWithinABound() {
        for (int id = 0; id <= Suspects.REMEMBERED; id++) {
            suspects.hang(suspects.sift(job(List.of(task(id)))).job());
        }
        assertThat(suspects.sift(job(List.of(task(0)))).blamed()).isEmpty();
        assertThat(suspects.sift(job(List.of(task(1)))).blamed()).hasSize(1);
        assertThat(suspects.sift(job(List.of(task(Suspects.REMEMBERED)))).blamed())
                .hasSize(1);
    }

    @Test
    void aSuspectFoundGuiltyMeanwhileIsNotRun() {
        suspects.hang(suspects.sift(job(List.of(task(1), task(1)))).job());
        suspects.hang(suspects.next(0).job());
        Suspects.Work<Integer> next = suspects.next(0);
        assertThat(next.job().batch()).isEmpty();
        assertThat(next.blamed()).hasSize(1);
        assertThat(suspects.items()).isZero();
    }

    @Test
    void whoHasGoneIsNotKeptWaiting() {
        InferenceTask<Integer> gone = task(1);
        InferenceTask<Integer> late = new InferenceTask<>(encoding(2), true, 5, new CompletableFuture<>());
        Job<Integer> batch = suspects.sift(job(List.of(task(0), gone, late))).job();
        gone.result().cancel(false);
        suspects.hang(batch);
        assertThat(suspects.items()).isEqualTo(2);
        suspects.leave(suspects.next(0).job());
        assertThat(suspects.next(10).job().expired()).containsExactly(late);
    }

    private static Job<Integer> job(List<InferenceTask<Integer>> tasks) {
        return new Job<>(null, List.of(), tasks, false);
    }

    private static InferenceTask<Integer> task(int id) {
        return new InferenceTask<>(encoding(id), true, Long.MAX_VALUE, new CompletableFuture<>());
    }

    private static Encoding encoding(int id) {
        return new Encoding(new int[] {id, id}, 2, false);
    }
}
