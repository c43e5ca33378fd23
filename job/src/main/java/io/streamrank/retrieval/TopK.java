// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import java.util.function.IntFunction;

/**
 * Keeps the {@code k} best of many scored slots. Equal scores are ordered by the slots' ids, the smaller first, so that
 * the outcome does not depend on the order of offers. Not thread-safe.
 */
final class TopK {
    /** Takes what was kept, best first. */
    interface Visitor {
        void visit(int slot, float score);
    }

    /* A binary heap in two arrays with the worst kept element at the root: most offers fail at one comparison. */
    private final int[] slots;
    private final float[] scores;
    private final IntFunction<String> idOf;
    private int size;

    TopK(int k, IntFunction<String> idOf) {
        if (k < 1) {
            throw new IllegalArgumentException("k must be at least 1: " + k);
        }
        this.slots = new int[k];
        this.scores = new float[k];
        this.idOf = idOf;
    }

    int size() {
        return size;
    }

    /** Returns whether the slot is among the best so far. */
    boolean wants(int slot, float score) {
        return size < slots.length || isBetter(slot, score, slots[0], scores[0]);
    }

    /** Keeps a slot that it {@link #wants}, and drops the worst if there is no room. */
    void add(int slot, float score) {
        if (size < slots.length) {
            place(size, slot, score);
            siftUp(size++);
        } else {
            place(0, slot, score);
            siftDown(0);
        }
    }

    boolean isFull() {
        return size == slots.length;
    }

    /** Returns the slot that the next better one replaces, if it {@link #isFull}. */
    int worst() {
        return slots[0];
    }

    /** Returns the score of {@link #worst}. */
    float worstScore() {
        return scores[0];
    }

    /**
     * Replaces a slot that is kept by a better one.
     *
     * @param dropped receives the kept slot, if it is replaced
     * @return whether the other one is better
     */
    boolean replaceIfBetter(int kept, int slot, float score, Visitor dropped) {
        int at = 0;
        while (slots[at] != kept) {
            at++;
        }
        if (!isBetter(slot, score, kept, scores[at])) {
            return false;
        }
        dropped.visit(kept, scores[at]);
        place(at, slot, score);
        siftDown(at);
        return true;
    }

    /** Hands out what was kept, best first, and is empty then. */
    void descending(Visitor visitor) {
        int count = size;
        int[] orderedSlots = new int[count];
        float[] orderedScores = new float[count];
        for (int i = count - 1; i >= 0; i--) {
            orderedSlots[i] = slots[0];
            orderedScores[i] = scores[0];
            size--;
            place(0, slots[size], scores[size]);
            siftDown(0);
        }
        for (int i = 0; i < count; i++) {
            visitor.visit(orderedSlots[i], orderedScores[i]);
        }
    }

    private boolean isBetter(int slot, float score, int otherSlot, float otherScore) {
        int byScore = Float.compare(score, otherScore);
        return byScore != 0 ? byScore > 0 : idOf.apply(slot).compareTo(idOf.apply(otherSlot)) < 0;
    }

    private void place(int at, int slot, float score) {
        slots[at] = slot;
        scores[at] = score;
    }

    private void siftUp(int from) {
        int child = from;
        while (child > 0) {
            int parent = (child - 1) / 2;
            if (!isBetter(slots[parent], scores[parent], slots[child], scores[child])) {
                return;
            }
            swap(parent, child);
            child = parent;
        }
    }

    private void siftDown(int from) {
        int parent = from;
        while (2 * parent + 1 < size) {
            int worst = 2 * parent + 1;
            int right = worst + 1;
            if (right < size && isBetter(slots[worst], scores[worst], slots[right], scores[right])) {
                worst = right;
            }
            if (!isBetter(slots[parent], scores[parent], slots[worst], scores[worst])) {
                return;
            }
            swap(parent, worst);
            parent = worst;
        }
    }

    private void swap(int a, int b) {
        int slot = slots[a];
        float score = scores[a];
        place(a, slots[b], scores[b]);
        place(b, slot, score);
    }
}
