// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Exact nearest neighbours by cosine similarity over unit vectors. Answers depend on the documents alone, not on the order
 * in which they came: equal scores are ordered by id. Not thread-safe.
 *
 * @param <D> what is kept beside each vector
 */
public final class FlatIndex<D> {
    /*
     * All vectors lie one behind the other in one array, so that a search is a single sweep over memory. A removed
     * document's slot is filled with the last one, so that there are no holes to skip.
     */
    private static final int INITIAL_SLOTS = 64;

    private final int dimension;
    private final Map<String, Integer> slotOf = new HashMap<>();
    private final List<String> ids = new ArrayList<>();
    private final List<D> documents = new ArrayList<>();
    private float[] slab;

    /** @param dimension length of every vector, at least 1 */
    public FlatIndex(int dimension) {
        if (dimension < 1) {
            throw new IllegalArgumentException("dimension must be at least 1: " + dimension);
        }
        this.dimension = dimension;
        this.slab = new float[INITIAL_SLOTS * dimension];
    }

    public int size() {
        return ids.size();
    }

    /** Bytes held for vectors. */
    public long bytes() {
        return (long) slab.length * Float.BYTES;
    }

    /** Adds or replaces. The vector, of unit length, is copied. */
    public void put(String id, float[] vector, D document) {
        if (vector.length != dimension) {
            throw new IllegalArgumentException(
                    "vector of " + id + " has dimension " + vector.length + ", the index has " + dimension);
        }
        Integer known = slotOf.get(id);
        int slot = known != null ? known : append(id, document);
        documents.set(slot, document);
        System.arraycopy(vector, 0, slab, slot * dimension, dimension);
    }

    private int append(String id, D document) {
        int slot = ids.size();
        int needed = Math.multiplyExact(slot + 1, dimension);
        if (needed > slab.length) {
            slab = Arrays.copyOf(slab, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, slab.length * 3L / 2)));
        }
        slotOf.put(id, slot);
        ids.add(id);
        documents.add(document);
        return slot;
    }

    /** Removes; a document that is not there stays so. */
    public void remove(String id) {
        Integer slot = slotOf.remove(id);
        if (slot == null) {
            return;
        }
        int last = ids.size() - 1;
        if (slot != last) {
            System.arraycopy(slab, last * dimension, slab, slot * dimension, dimension);
            ids.set(slot, ids.get(last));
            documents.set(slot, documents.get(last));
            slotOf.put(ids.get(slot), slot);
        }
        ids.remove(last);
        documents.remove(last);
    }

    /**
     * The {@code k} documents nearest to a query, nearest first; fewer where fewer match.
     *
     * @param query unit vector of the index's dimension
     * @param filter what to consider; null for everything
     */
    public List<Neighbor<D>> search(float[] query, int k, @Nullable Predicate<? super D> filter) {
        if (query.length != dimension) {
            throw new IllegalArgumentException(
                    "the query's vector has dimension " + query.length + ", the index has " + dimension);
        }
        TopK best = new TopK(k, ids::get);
        for (int slot = 0; slot < ids.size(); slot++) {
            if (filter == null || filter.test(documents.get(slot))) {
                best.offer(slot, Vectors.dot(query, slab, slot * dimension));
            }
        }
        List<Neighbor<D>> found = new ArrayList<>(best.size());
        best.descending(
                (slot, score) -> found.add(new Neighbor<>(ids.get(slot), documents.get(slot), found.size(), score)));
        return found;
    }
}
