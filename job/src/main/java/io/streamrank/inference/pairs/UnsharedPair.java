// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streamrank.inference.batching.InferenceTask;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ItemFailedException;
import io.streamrank.inference.model.PairOutcome.Failed;
import io.streamrank.inference.model.PairOutcome.Scored;
import io.streamrank.inference.workers.Priority;
import java.util.List;

/**
 * Is one pair of one query, which nobody else can wait for: there is no score cache. It costs less than an {@link
 * InFlightPair}, which is an entry of one. Thread-safe.
 */
final class UnsharedPair {
    private final PendingQuery query;
    /** Which of the query's distinct passages it is. */
    private final int number;

    private final EncodedPair pair;

    @GuardedBy("this")
    private int left;

    @GuardedBy("this")
    private float best = Float.NEGATIVE_INFINITY;

    UnsharedPair(PendingQuery query, int number, EncodedPair pair) {
        this.query = query;
        this.number = number;
        this.pair = pair;
        this.left = pair.chunks().size();
    }

    private final class ChunkTask extends InferenceTask<Float> {
        ChunkTask(Encoding chunk) {
            super(chunk, Priority.RERANKING, query.deadlineNanos, query.askedNanos);
        }

        @Override
        public boolean isDone() {
            return query.isDone();
        }

        @Override
        public void complete(Float logit) {
            if (isLast(logit)) {
                query.set(number, new Scored(best(), pair.tokens(), pair.truncated()));
            }
        }

        @Override
        public void fail(InferenceException why) {
            failed(why);
        }
    }

    /** Adds the pair's tasks, one a chunk. */
    void addTasks(List<InferenceTask<Float>> tasks) {
        for (Encoding chunk : pair.chunks()) {
            tasks.add(new ChunkTask(chunk));
        }
    }

    private synchronized boolean isLast(float logit) {
        best = Chunks.combine(best, logit);
        left--;
        return left == 0;
    }

    private synchronized float best() {
        return best;
    }

    /** Fails the pair if it is its own fault, and else the query. */
    private void failed(InferenceException why) {
        if (!(why instanceof ItemFailedException)) {
            query.fail(why);
        } else if (isFirstFailure()) {
            query.set(number, new Failed(String.valueOf(why.getMessage()), pair.tokens(), pair.truncated()));
        }
    }

    private synchronized boolean isFirstFailure() {
        boolean first = left > 0;
        left = 0; // what other chunks give does not count any more
        return first;
    }
}
