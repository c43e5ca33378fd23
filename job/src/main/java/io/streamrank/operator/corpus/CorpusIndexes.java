// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.flink.api.common.JobID;

/**
 * Lends the subtasks of a job in one process the same index. An attempt to run the job has an index of its own: after a failure the
 * subtasks of the last attempt may still be closing while those of the next one open. If subtasks are in different attempts, each
 * attempt has an index, which costs memory and nothing else. Safe to use from several threads.
 */
final class CorpusIndexes {
    /** Names the attempt to run a job. */
    record Attempt(JobID job, int number) {}

    @GuardedBy("CorpusIndexes.class")
    private static final Map<Attempt, Shared> LENT = new HashMap<>();

    private CorpusIndexes() {}

    /** Returns the attempt's index, made if nobody has it yet. Whoever borrows it closes the loan. */
    static Loan borrow(Attempt attempt, Supplier<CorpusIndex> made) {
        synchronized (CorpusIndexes.class) {
            Shared shared = LENT.computeIfAbsent(attempt, first -> new Shared(made.get()));
            shared.loans++;
            return new Loan(attempt, shared.index);
        }
    }

    private static void giveBack(Attempt attempt) {
        synchronized (CorpusIndexes.class) {
            Shared shared = LENT.get(attempt);
            if (shared != null && --shared.loans == 0) {
                LENT.remove(attempt);
                shared.index.close();
            }
        }
    }

    /** Returns how many indexes are lent. */
    static int size() {
        synchronized (CorpusIndexes.class) {
            return LENT.size();
        }
    }

    private static final class Shared {
        private final CorpusIndex index;
        private int loans;

        Shared(CorpusIndex index) {
            this.index = index;
        }
    }

    /** Holds one subtask's use of an index. */
    static final class Loan implements AutoCloseable {
        private final Attempt attempt;
        private final CorpusIndex index;
        private boolean over;

        private Loan(Attempt attempt, CorpusIndex index) {
            this.attempt = attempt;
            this.index = index;
        }

        CorpusIndex index() {
            return index;
        }

        /** Gives the index back, once. The last one closes it. */
        @Override
        public void close() {
            if (!over) {
                over = true;
                giveBack(attempt);
            }
        }
    }
}
