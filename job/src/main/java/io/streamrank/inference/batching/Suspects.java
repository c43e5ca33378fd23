// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.batching.RequestQueue.Job;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which texts hang a model, and which may: those that shared a run that did not come back. A suspect runs alone, no two of
 * them at a time, until it has come back once; one that does not is guilty and is not run again. So a text that hangs costs
 * the run in which it is met and one more, however many others were with it and however often it is asked for. Not
 * thread-safe.
 *
 * <p>What is known of a text is kept for as long as the model is loaded, of the last {@value #REMEMBERED} of each kind.
 */
final class Suspects<R> {
    static final int REMEMBERED = 4_096;

    private final Set<Digest> guilty = bounded();
    private final Set<Digest> suspected = bounded();
    private final Set<Digest> running = new HashSet<>();
    private final Deque<InferenceTask<R>> line = new ArrayDeque<>();
    private @Nullable Job<R> alone;

    /**
     * What a worker does next.
     *
     * @param blamed tasks of guilty texts, not to be run
     */
    record Work<R>(Job<R> job, List<InferenceTask<R>> blamed) {}

    int items() {
        return line.size();
    }

    long tokens() {
        return line.stream().mapToLong(InferenceTask::tokens).sum();
    }

    boolean hasUrgent() {
        return line.stream().anyMatch(InferenceTask::urgent);
    }

    /** Whether {@link #next} has something to do. */
    boolean ready() {
        return alone == null && !line.isEmpty();
    }

    /** The next in line, alone; and those before it that need no run any more. */
    Work<R> next(long now) {
        List<InferenceTask<R>> expired = new ArrayList<>();
        List<InferenceTask<R>> blamed = new ArrayList<>();
        List<InferenceTask<R>> batch = new ArrayList<>();
        while (batch.isEmpty() && !line.isEmpty()) {
            InferenceTask<R> task = line.remove();
            boolean wanted = !task.result().isDone() && !task.expired(now);
            (!wanted ? expired : guilty.contains(task.digest()) ? blamed : batch).add(task);
        }
        Job<R> job = new Job<>(null, expired, batch, false);
        batch.forEach(task -> running.add(task.digest()));
        alone = batch.isEmpty() ? null : job;
        return new Work<>(job, blamed);
    }

    /** Keeps suspects out of the batch, and what is being run already and may be one. */
    Work<R> sift(Job<R> job) {
        List<InferenceTask<R>> blamed = new ArrayList<>();
        List<InferenceTask<R>> batch = new ArrayList<>();
        List<InferenceTask<R>> later = new ArrayList<>();
        for (InferenceTask<R> task : job.batch()) {
            boolean wait = suspected.contains(task.digest()) || running.contains(task.digest());
            (guilty.contains(task.digest()) ? blamed : wait ? later : batch).add(task);
        }
        batch.forEach(task -> running.add(task.digest()));
        queue(later);
        return new Work<>(new Job<>(job.preparation(), job.expired(), batch, job.crowded()), blamed);
    }

    /** The run has not come back in time: all that were in it are suspects, or the only one is guilty. */
    void hang(Job<R> job) {
        leave(job);
        if (job.batch().size() == 1) {
            suspected.remove(job.batch().get(0).digest());
            guilty.add(job.batch().get(0).digest());
        } else {
            job.batch().forEach(task -> suspected.add(task.digest()));
            queue(job.batch());
        }
    }

    /** The run is over. */
    void leave(Job<R> job) {
        job.batch().forEach(task -> running.remove(task.digest()));
        if (job.equals(alone)) {
            alone = null;
        }
    }

    /** The run came back, in time or not: none of its texts hangs the model. */
    void acquit(Job<R> job) {
        if (!suspected.isEmpty() || !guilty.isEmpty()) {
            job.batch().forEach(task -> {
                suspected.remove(task.digest());
                guilty.remove(task.digest());
            });
        }
    }

    /** Empties the line and returns who was in it. */
    List<InferenceTask<R>> drain() {
        List<InferenceTask<R>> waiting = List.copyOf(line);
        line.clear();
        return waiting;
    }

    private void queue(List<InferenceTask<R>> tasks) {
        if (!tasks.isEmpty()) {
            line.addAll(tasks);
            line.removeIf(task -> task.result().isDone()); // so that whoever asks again and again does not fill it
        }
    }

    private static Set<Digest> bounded() {
        return Collections.newSetFromMap(new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Digest, Boolean> eldest) {
                return size() > REMEMBERED;
            }
        });
    }
}
