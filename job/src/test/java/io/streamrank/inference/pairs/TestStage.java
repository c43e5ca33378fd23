// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import io.streamrank.inference.batching.InferenceStage;
import io.streamrank.inference.batching.InferenceTask;
import io.streamrank.inference.model.OverloadException;
import java.util.ArrayList;
import java.util.List;

/** A stage whose tasks are run by the test. */
final class TestStage implements InferenceStage<Float> {
    final List<InferenceTask<Float>> queue = new ArrayList<>();
    /** Tasks that were moved up, and the deadline of each. */
    final List<InferenceTask<Float>> shared = new ArrayList<>();

    final List<Long> sharedDeadlines = new ArrayList<>();
    /** What it was asked, as items, tokens and deadline. */
    final List<List<Long>> asked = new ArrayList<>();

    long limit = Long.MAX_VALUE;
    long earliestDeadline = Long.MIN_VALUE;
    Runnable meanwhile = () -> {};
    long now;

    @Override
    public long now() {
        return now;
    }

    @Override
    public void admit(int items, long tokens, long deadlineNanos) throws OverloadException {
        asked.add(List.of((long) items, tokens, deadlineNanos));
        if (tokens > limit || deadlineNanos < earliestDeadline) {
            throw new OverloadException("no time for " + tokens + " tokens");
        }
    }

    @Override
    public void submit(
            List<? extends InferenceTask<Float>> tasks, List<? extends InferenceTask<Float>> moved, long deadlineNanos)
            throws OverloadException {
        meanwhile.run();
        long tokens = tasks.stream().mapToLong(InferenceTask::tokens).sum()
                + moved.stream().mapToLong(InferenceTask::tokens).sum();
        admit(tasks.size() + moved.size(), tokens, deadlineNanos);
        submitAgain(tasks, moved, deadlineNanos);
    }

    @Override
    public void submitAgain(
            List<? extends InferenceTask<Float>> tasks,
            List<? extends InferenceTask<Float>> moved,
            long deadlineNanos) {
        queue.addAll(tasks);
        shared.addAll(moved);
        moved.forEach(task -> sharedDeadlines.add(deadlineNanos));
    }
}
