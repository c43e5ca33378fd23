// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import io.streamrank.inference.batching.InferenceTask;
import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.PairScore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Pairs that are being scored: who asks for one meanwhile waits for the same run. Thread-safe; no future is completed while
 * its lock is held.
 *
 * <p>A pair is in line under the deadline of whoever asked first. Who is in a greater hurry puts it in line once more, and
 * the run that comes first answers both. Who has more time asks again where the deadline has passed it by. The last one to
 * give up takes the pair out of the line.
 */
final class PairsInFlight {
    /** Where pairs go to be run. */
    public interface Line {
        /** Queues all, or none and throws. */
        void submit(List<InferenceTask<Float>> tasks) throws InferenceException;
    }

    /**
     * Someone who asks for a pair.
     *
     * @param askedNanos when the wait began, on {@link System#nanoTime()}'s scale, as the deadline is
     * @param score completed once; whoever completes it from outside gives up asking
     */
    record Asker(
            PairKey key, EncodedPair pair, long askedNanos, long deadlineNanos, CompletableFuture<PairScore> score) {}

    private final Line line;
    private final ScoreCache cache;
    private final Map<PairKey, Flight> flights = new HashMap<>();

    PairsInFlight(Line line, ScoreCache cache) {
        this.line = line;
        this.cache = cache;
    }

    /** Whether the pair is on its way and will not come later for one more who asks. */
    synchronized boolean covers(PairKey key, long deadlineNanos) {
        Flight flight = live(key);
        return flight != null && flight.deadlineNanos <= deadlineNanos;
    }

    /** Completes every asker's score sometime. */
    void ask(List<Asker> askers) {
        List<InferenceTask<Float>> tasks = new ArrayList<>();
        askers.forEach(asker -> board(asker, tasks));
        try {
            line.submit(tasks);
        } catch (InferenceException e) {
            tasks.forEach(task -> task.result().completeExceptionally(e));
        }
    }

    private void board(Asker asker, List<InferenceTask<Float>> tasks) {
        PairScore known = null;
        Flight flight = null;
        Flight slower = null;
        synchronized (this) {
            Flight current = live(asker.key());
            if (current == null) {
                known = cache.peek(asker.key()); // it may have landed since the asker looked
            } else if (current.deadlineNanos <= asker.deadlineNanos()) {
                flight = current;
            } else {
                slower = current;
            }
            if (known == null) {
                flight = flight == null ? takeOff(asker, tasks) : flight;
                flight.waiting++;
            }
        }
        if (known != null) {
            asker.score().complete(known);
        } else if (flight != null) {
            follow(asker, flight);
            if (slower != null) {
                flight.answersWith(slower);
                slower.answersWith(flight);
            }
        }
    }

    private @Nullable Flight live(PairKey key) {
        Flight flight = flights.get(key);
        return flight != null && flight.isLive() ? flight : null;
    }

    private Flight takeOff(Asker asker, List<InferenceTask<Float>> tasks) {
        Flight flight = new Flight(asker);
        flights.put(asker.key(), flight);
        tasks.addAll(flight.tasks);
        return flight;
    }

    private void follow(Asker asker, Flight flight) {
        CompletableFuture<?> unused = asker.score().whenComplete((score, failure) -> leave(asker.key(), flight));
        CompletableFuture<?> ignored = flight.result.whenComplete((score, failure) -> answer(asker, score, failure));
    }

    private void leave(PairKey key, Flight flight) {
        synchronized (this) {
            flight.waiting--;
            if (flight.waiting > 0) {
                return;
            }
            flights.remove(key, flight);
        }
        flight.result.cancel(false);
    }

    private void answer(Asker asker, @Nullable PairScore score, @Nullable Throwable failure) {
        if (failure == null) {
            asker.score().complete(score);
        } else if (failure instanceof DeadlineExceededException
                && asker.deadlineNanos() > System.nanoTime()
                && !asker.score().isDone()) {
            ask(List.of(asker));
        } else {
            asker.score().completeExceptionally(failure);
        }
    }

    /** One pair on its way. */
    private final class Flight {
        private final PairKey key;
        private final EncodedPair pair;
        private final long deadlineNanos;
        private final List<InferenceTask<Float>> tasks;
        private final CompletableFuture<PairScore> result = new CompletableFuture<>();
        /** Guarded by the outer lock. */
        private int waiting;

        Flight(Asker asker) {
            key = asker.key();
            pair = asker.pair();
            deadlineNanos = asker.deadlineNanos();
            tasks = pair.chunks().stream()
                    .map(chunk -> new InferenceTask<Float>(
                            chunk, true, deadlineNanos, new CompletableFuture<>(), asker.askedNanos()))
                    .toList();
            CompletableFuture<?> unused = CompletableFuture.allOf(
                            tasks.stream().map(InferenceTask::result).toArray(CompletableFuture<?>[]::new))
                    .whenComplete((done, failure) -> land());
            CompletableFuture<?> ignored = result.whenComplete(
                    (score, failure) -> tasks.forEach(task -> task.result().cancel(false)));
        }

        boolean isLive() {
            return waiting > 0 && !result.isDone();
        }

        void answersWith(Flight other) {
            CompletableFuture<?> unused = result.whenComplete((score, failure) -> {
                if (failure == null) {
                    other.result.complete(score);
                }
            });
        }

        /** The best chunk speaks for the pair. A failure that is not the pair's own is everyone's. */
        private void land() {
            float best = Float.NEGATIVE_INFINITY;
            for (InferenceTask<Float> task : tasks) {
                Throwable failure =
                        task.result().handle((logit, thrown) -> thrown).join();
                if (failure != null) {
                    fail(failure);
                    return;
                }
                best = Math.max(best, task.result().join());
            }
            PairScore score = new PairScore(best, pair.tokens(), pair.truncated(), null);
            cache.put(key, score);
            result.complete(score);
        }

        private void fail(Throwable failure) {
            if (failure.getClass() == InferenceException.class) {
                String why = String.valueOf(failure.getMessage());
                result.complete(new PairScore(Float.NaN, pair.tokens(), pair.truncated(), why));
            } else {
                result.completeExceptionally(failure);
            }
        }
    }
}
