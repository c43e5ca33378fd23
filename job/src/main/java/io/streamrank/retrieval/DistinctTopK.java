// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the {@code k} best of many scored slots, and of slots with an equal key only the best. It names those that it leaves
 * out for a better one, which would be among the best themselves. The outcome does not depend on the order of offers. Not
 * thread-safe.
 */
public final class DistinctTopK {
    private final TopK best;
    private final IntFunction<String> idOf;
    private final IntFunction<@Nullable Object> keyOf;
    private final Map<Object, Integer> slotOf = new HashMap<>();
    private final Map<Integer, Object> keyAt = new HashMap<>();
    private int[] copies = new int[0];
    private float[] copyScores = new float[0];
    private int copyCount;

    /** @param keyOf a slot's key, asked only about slots that are good enough; null for a slot that equals no other */
    public DistinctTopK(int k, IntFunction<String> idOf, IntFunction<@Nullable Object> keyOf) {
        this.best = new TopK(k, idOf);
        this.idOf = idOf;
        this.keyOf = keyOf;
    }

    /** Returns whether the slot may be among the best so far; its key is not looked at. */
    public boolean wants(int slot, float score) {
        return best.wants(slot, score);
    }

    /** Returns whether there is no room left: a further slot has to be better than the worst. */
    public boolean isFull() {
        return best.isFull();
    }

    /** Returns the score of the worst, if it {@link #isFull}. It never gets smaller. */
    public float worstScore() {
        return best.worstScore();
    }

    /** Takes a slot that it {@link #wants}. */
    public void add(int slot, float score) {
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

    /** Returns what was kept, and the copies that are missing among it. Nothing may be added after that. */
    public <D> Nearest<D> nearest(IntFunction<D> documentOf) {
        List<String> missing = IntStream.range(0, copyCount)
                .filter(i -> best.wants(copies[i], copyScores[i]))
                .mapToObj(i -> idOf.apply(copies[i]))
                .toList();
        List<Neighbor<D>> found = new ArrayList<>(best.size());
        best.descending((slot, score) ->
                found.add(new Neighbor<>(idOf.apply(slot), documentOf.apply(slot), found.size(), score)));
        return new Nearest<>(found, missing);
    }
}
