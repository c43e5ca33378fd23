// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

/** Computes how much larger than its texts a model makes a batch. */
public interface Padding {
    /** All items as long as the longest, and no more. */
    Padding TO_THE_LONGEST = new Padding() {};

    /** Tokens one after the other: nothing is computed but them. */
    Padding PACKED = new Padding() {
        @Override
        public double computed(int items, int longest, double real) {
            return real;
        }
    };

    /** Returns the items that the model computes for so many. */
    default int rows(int items) {
        return items;
    }

    /** Returns the tokens of each where the longest has so many. */
    default int columns(int longest) {
        return longest;
    }

    /** Returns the tokens that the model computes for a batch. */
    default long tokens(int items, int longest) {
        return (long) rows(items) * columns(longest);
    }

    /**
     * Returns the tokens that the model computes for a batch of known tokens.
     *
     * @param real tokens of all items together
     */
    default double computed(int items, int longest, double real) {
        return tokens(items, longest);
    }

    /**
     * Returns the most items whose batch keeps to a budget; at least one.
     *
     * @param maxItems most items, whatever their length
     * @param maxTokens most tokens that the model computes
     * @param longest tokens of the longest
     */
    default int most(int maxItems, long maxTokens, int longest) {
        int items = (int) Math.max(1, Math.min(maxItems, maxTokens / Math.max(1, longest)));
        while (items > 1 && tokens(items, longest) > maxTokens) {
            items--;
        }
        return items;
    }

    /** Returns the most items, at most so many, for which the model computes no rows but their own; at least one. */
    default int whole(int items) {
        int whole = items;
        while (whole > 1 && rows(whole) != whole) {
            whole--;
        }
        return whole;
    }
}
