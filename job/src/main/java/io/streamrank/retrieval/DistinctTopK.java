// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the {@code k} best of many scored slots, and of slots with an equal key only the best. It counts those that it leaves
 * out for a better one, which would be among the best themselves. The outcome does not depend on the order of offers. Not
 * thread-safe.
 */
final class DistinctTopK {
    private final TopK best;
    private final IntFunction<@Nullable Object> keyOf;
    private final Map<Object, Integer> slotOf = new HashMap<>();
    private final Map<Integer, Object> keyAt = new HashMap<>();
    private int[] copies = new int[0];
    private float[] copyScores = new float[0];
    private int copyCount;

    /** @param keyOf a slot's key, asked only about slots that are good enough; null for a slot that equals no other */
    DistinctTopK(int k, IntFunction<String> idOf, IntFunction<@Nullable Object> keyOf) {
        this.best = new TopK(k, idOf);
        this.keyOf = keyOf;
    }

    /** Returns whether the slot may be among the best so far; its key is not looked at. */
    boolean wants(int slot, float score) {
        return best.wants(slot, score);
    }

    /** Takes a slot that it {@link #wants}. */
    void add(int slot, float score) {
        Object key = keyOf.apply(slot);
        Integer kept = key == null ? null : slotOf.get(key);
        if (kept == null) {
            if (best.isFull()) {
                forget(best.worst());
            }
            best.add(slot, score);
        } else if (best.replaceIfBetter(kept, slot, score, this::addCopy)) {
            forget(kept);
        } else {
            addCopy(slot, score);
            return;
        }
        if (key != null) {
            slotOf.put(key, slot);
            keyAt.put(slot, key);
        }
    }

    private void forget(int slot) {
        Object key = keyAt.remove(slot);
        if (key != null) {
            slotOf.remove(key);
        }
    }

    private void addCopy(int slot, float score) {
        if (copyCount == copies.length) {
            copies = Arrays.copyOf(copies, Math.max(16, 2 * copyCount));
            copyScores = Arrays.copyOf(copyScores, copies.length);
        }
        copies[copyCount] = slot;
        copyScores[copyCount++] = score;
    }

    /** Returns how many slots are missing among the best, as they equal a better one; ask before {@link #descending}. */
    int copies() {
        int count = 0;
        for (int i = 0; i < copyCount; i++) {
            if (best.wants(copies[i], copyScores[i])) {
                count++;
            }
        }
        return count;
    }

    int size() {
        return best.size();
    }

    /** Hands out what was kept, best first, and is empty then. */
    void descending(TopK.Visitor visitor) {
        best.descending(visitor);
    }
}
