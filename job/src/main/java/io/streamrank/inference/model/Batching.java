// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

import java.io.Serializable;
import java.util.List;

/**
 * Says what batches suit a model where it is.
 *
 * @param maxRuns runs that are worth having at the same time: as many as there are cores on a CPU, few on a GPU
 * @param maxTokens budget of a batch where the user sets none
 * @param maxItems most items of a batch where the user sets none
 * @param padding how large a batch becomes
 * @param cost how long a run of it takes
 */
public record Batching(int maxRuns, int maxTokens, int maxItems, Padding padding, RunCost cost) {
    /**
     * A core's cache holds what some hundred tokens need on their way through a layer, so that larger batches are slower on a
     * CPU, for all that they save, and pad more.
     */
    public static final Batching CPU =
            new Batching(Integer.MAX_VALUE, 512, 64, Padding.TO_THE_LONGEST, RunCost.UNKNOWN);

    public Batching(int maxRuns, int maxTokens, int maxItems, Padding padding) {
        this(maxRuns, maxTokens, maxItems, padding, RunCost.UNKNOWN);
    }

    /** Returns what suits a GPU, which computes one run while it is fed the next. */
    public static Batching gpu(Padding padding) {
        return new Batching(2, 32_768, 512, padding);
    }

    /** Returns this with costs that were measured. */
    public Batching with(RunCost measured) {
        return new Batching(maxRuns, maxTokens, maxItems, padding, measured);
    }

    /** Returns this with another budget. */
    public Batching withMaxTokens(int tokens) {
        return new Batching(maxRuns, tokens, maxItems, padding, cost);
    }

    /** Returns the runs that wait for a device, so that their threads use no core; 0 where runs compute on the cores. */
    public int waitingRuns() {
        return maxRuns == Integer.MAX_VALUE ? 0 : maxRuns;
    }

    /** Returns the most items of that length that are in the budget, rounded down to what is computed for them; at least one. */
    public int most(int tokens) {
        return padding.whole(padding.most(maxItems, maxTokens, tokens));
    }

    /**
     * Predicts how long a run takes: {@code perRun + perToken × rows × columns + perAttention × rows × columns²}. The last part is
     * attention, where each token reads all others of its text. On a GPU {@code perRun} is worth thousands of tokens, on a CPU few.
     *
     * @param perRun nanoseconds of a run of whatever size
     * @param perToken nanoseconds of a token, padding included
     * @param perAttention nanoseconds of a pair of tokens of the same text
     */
    public record RunCost(double perRun, double perToken, double perAttention) implements Serializable {
        /** Compares batches where nobody measured: a run costs as much as a few tokens. */
        public static final RunCost UNKNOWN = new RunCost(8_000, 1_000, 0);

        private static final int TERMS = 3;

        /** Holds how long a run of a batch took. */
        public record Timing(int rows, int columns, long nanos) {}

        public RunCost {
            if (!(perRun >= 0 && perToken >= 0 && perAttention >= 0)) {
                throw new IllegalArgumentException(
                        "costs must not be negative: " + perRun + ", " + perToken + ", " + perAttention);
            }
        }

        /** Returns the nanoseconds of a run. */
        public double nanos(long rows, long columns) {
            return nanosOf((double) rows * columns, columns);
        }

        /** Returns the nanoseconds of a run that computes so many tokens, of texts that are at most as long as {@code columns}. */
        public double nanosOf(double tokens, long columns) {
            return perRun + perToken * tokens + perAttention * tokens * columns;
        }

        /**
         * Returns the costs that come nearest to what was measured, none of them negative. Deviations count in per cent, so that
         * short runs count as much as long ones.
         *
         * @param timings of at least one run; few suffice
         */
        public static RunCost fit(List<Timing> timings) {
            double[] best = new double[TERMS];
            double least = Double.POSITIVE_INFINITY;
            for (int chosen = 1; chosen < 1 << TERMS; chosen++) { // each set of terms that are not zero
                double[] costs = solve(timings, chosen);
                double error = error(timings, costs);
                if (error < least) {
                    least = error;
                    best = costs;
                }
            }
            return new RunCost(best[0], best[1], best[2]);
        }

        private static double[] terms(Timing timing) {
            double tokens = (double) timing.rows() * timing.columns();
            double nanos = Math.max(1, timing.nanos());
            return new double[] {1 / nanos, tokens / nanos, tokens * timing.columns() / nanos};
        }

        /** Returns the sum of squared relative deviations; infinite where a cost is negative or not a number. */
        private static double error(List<Timing> timings, double[] costs) {
            double sum = 0;
            for (Timing timing : timings) {
                double[] terms = terms(timing);
                double off = -1;
                for (int i = 0; i < TERMS; i++) {
                    off += costs[i] * terms[i];
                }
                sum += off * off;
            }
            for (double cost : costs) {
                sum = cost >= 0 ? sum : Double.POSITIVE_INFINITY;
            }
            return Double.isNaN(sum) ? Double.POSITIVE_INFINITY : sum;
        }

        /** Solves the normal equations of least squares by Gauss-Jordan elimination, with the other terms zero. */
        private static double[] solve(List<Timing> timings, int chosen) {
            double[][] rows = new double[TERMS][TERMS + 1];
            for (Timing timing : timings) {
                double[] terms = terms(timing);
                for (int i = 0; i < TERMS; i++) {
                    for (int j = 0; j < TERMS; j++) {
                        rows[i][j] += terms[i] * terms[j];
                    }
                    rows[i][TERMS] += terms[i];
                }
            }
            for (int i = 0; i < TERMS; i++) {
                if ((chosen & 1 << i) == 0) {
                    rows[i] = new double[TERMS + 1];
                    for (double[] row : rows) {
                        row[i] = 0;
                    }
                    rows[i][i] = 1;
                }
            }
            for (int i = 0; i < TERMS; i++) {
                double pivot = rows[i][i];
                for (int j = 0; j <= TERMS; j++) {
                    rows[i][j] /= pivot;
                }
                for (int other = 0; other < TERMS; other++) {
                    double factor = other == i ? 0 : rows[other][i];
                    for (int j = 0; j <= TERMS; j++) {
                        rows[other][j] -= factor * rows[i][j];
                    }
                }
            }
            return new double[] {rows[0][TERMS], rows[1][TERMS], rows[2][TERMS]};
        }
    }
}
