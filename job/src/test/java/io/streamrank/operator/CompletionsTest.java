// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamrank.state.EmbeddedChange;
import io.streamrank.testing.Captured;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class CompletionsTest {
    private final Completions completions = new Completions();
    private final Captured<EmbeddedChange> result = new Captured<>();

    @Test
    void whatCompletesWhileTheOperatorIsOpenReachesTheTask() {
        completions.runIfOpen(() -> result.complete(List.of()));

        assertThat(result.isDone()).isTrue();
    }

    @Test
    void whatCompletesOnceTheOperatorHasBegunToCloseDoesNotTouchTheTask() {
        completions.close();

        completions.runIfOpen(() -> result.completeExceptionally(new AssertionError("too late")));

        assertThat(result.isDone()).isFalse();
    }

    @Test
    void closingWaitsForWhatIsBeingCompletedAndForNothingElse() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        CompletableFuture<Void> completing = inBackground(() -> completions.runIfOpen(() -> {
            running.countDown();
            awaitRelease(released);
            result.complete(List.of());
        }));
        running.await();

        Thread closing = new Thread(completions::close);
        closing.start();
        await().until(() -> closing.getState() == Thread.State.WAITING);
        assertThat(result.isDone()).isFalse();

        released.countDown();
        closing.join();
        assertThat(result.isDone()).isTrue();
        completing.join();
    }

    @Test
    void whatCompletesAtTheSameTimeDoesNotWaitForEachOther() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        Runnable meeting = () -> {
            both.countDown();
            awaitRelease(both);
        };

        CompletableFuture<Void> one = inBackground(() -> completions.runIfOpen(meeting));
        CompletableFuture<Void> other = inBackground(() -> completions.runIfOpen(meeting));

        CompletableFuture.allOf(one, other).join();
    }

    /** In a thread of its own: the common pool may have a single one. */
    private static CompletableFuture<Void> inBackground(Runnable action) {
        return CompletableFuture.runAsync(action, task -> new Thread(task).start());
    }

    private static void awaitRelease(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
