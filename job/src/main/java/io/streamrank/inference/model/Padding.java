// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

/** Computes how much larger than its texts a model makes a batch. */
public interface Padding {
    /** All items as long as the longest, and no more. */
    Padding TO_THE_LONGEST = new Padding() {};

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
}
