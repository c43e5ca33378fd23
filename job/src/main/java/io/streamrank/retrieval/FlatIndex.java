// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the exact nearest neighbours by cosine similarity over unit vectors. Answers depend on the documents alone, not on the order
 * in which they came: equal scores are ordered by id. Not thread-safe.
 *
 * @param <D> what is kept beside each vector
 */
public final class FlatIndex<D> {
    /*
     * Slots are numbered through the blocks. A removed document's slot is filled with the last one, so that there are no
     * holes to skip, and the index grows and shrinks by a block at a time; the first block, which is all there is of a small
     * index, by lanes.
     */
    private final int dimension;
    private final Map<String, Integer> slotOf = new HashMap<>();
    private final List<String> ids = new ArrayList<>();
    private final List<D> documents = new ArrayList<>();
    private final List<VectorBlock> blocks = new ArrayList<>();
    private final float[] dots = new float[VectorBlock.LANES];
    private @Nullable DotKernel kernel; // has memory of its own, which a small index does without

    /**
     * Makes an empty index.
     *
     * @param dimension length of every vector, at least 1
     */
    public FlatIndex(int dimension) {
        if (dimension < 1) {
            throw new IllegalArgumentException("dimension must be at least 1: " + dimension);
        }
        this.dimension = dimension;
    }

    /**
     * Searches a small index of made vectors until the JVM has compiled the search, once a process. Without it the first searches
     * of a large index take several hundred times as long as later ones.
     *
     * @return how many documents were found
     */
    public static int warmUp() {
        return WarmUp.HITS;
    }

    /** Runs when it is first used, and whoever comes meanwhile waits for the end. */
    private static final class WarmUp {
        private static final int DIMENSION = 384;
        private static final int DOCUMENTS = 8 * VectorBlock.LANES;
        /** The JVM compiles a loop after some 60,000 steps, in the background: the rest is for the time that it takes. */
        private static final int SEARCHES = 500;

        private static final int FOUND = 50;
        private static final int HITS = warm();

        private static int warm() {
            Random random = new Random(1);
            FlatIndex<Integer> index = new FlatIndex<>(DIMENSION);
            for (int i = 0; i < DOCUMENTS; i++) {
                index.put("d" + i, vector(random), i);
            }
            int hits = 0;
            for (int i = 0; i < SEARCHES; i++) {
                hits += index.search(vector(random), FOUND, number -> number % 2 == 0)
                        .size();
            }
            return hits;
        }

        private static float[] vector(Random random) {
            float[] vector = new float[DIMENSION];
            for (int i = 0; i < DIMENSION; i++) {
                vector[i] = (float) random.nextGaussian();
            }
            return Vectors.normalized(vector);
        }
    }

    public int size() {
        return ids.size();
    }

    /** Returns the bytes held for vectors. */
    public long bytes() {
        return blocks.stream().mapToLong(VectorBlock::bytes).sum();
    }

    /** Adds or replaces a document. The vector, of unit length, is copied. */
    public void put(String id, float[] vector, D document) {
        if (vector.length != dimension) {
            throw new IllegalArgumentException(
                    "vector of " + id + " has dimension " + vector.length + ", the index has " + dimension);
        }
        Integer known = slotOf.get(id);
        int slot = known != null ? known : append(id, document);
        documents.set(slot, document);
        block(slot).set(lane(slot), vector);
    }

    private int append(String id, D document) {
        int slot = ids.size();
        if (lane(slot) == 0) {
            blocks.add(new VectorBlock(dimension, slot == 0 ? 1 : VectorBlock.LANES));
        } else if (lane(slot) == block(slot).lanes()) {
            block(slot).resize(2 * lane(slot));
        }
        slotOf.put(id, slot);
        ids.add(id);
        documents.add(document);
        return slot;
    }

    /** Removes a document, if it is there. */
    public void remove(String id) {
        Integer slot = slotOf.remove(id);
        if (slot == null) {
            return;
        }
        int last = ids.size() - 1;
        if (slot != last) {
            block(slot).copy(lane(slot), block(last), lane(last));
            ids.set(slot, ids.get(last));
            documents.set(slot, documents.get(last));
            slotOf.put(ids.get(slot), slot);
        }
        ids.remove(last);
        documents.remove(last);
        if (lane(last) == 0) {
            blocks.remove(blocks.size() - 1);
        } else if (last < VectorBlock.LANES && last <= blocks.get(0).lanes() / 4) {
            blocks.get(0).resize(blocks.get(0).lanes() / 2);
        }
    }

    /** Returns what is kept next to a document's vector; null if the document is not there. */
    public @Nullable D get(String id) {
        Integer slot = slotOf.get(id);
        return slot == null ? null : documents.get(slot);
    }

    /**
     * Returns the {@code k} documents nearest to a query, nearest first; fewer where fewer match.
     *
     * @param query unit vector of the index's dimension
     * @param filter what to consider; null for everything. Not asked about every document, and in no order
     */
    public List<Neighbor<D>> search(float[] query, int k, @Nullable Predicate<? super D> filter) {
        return search(query, k, filter, document -> null).neighbors();
    }

    /**
     * Searches without copies: of documents with an equal key it finds only the nearest, and fills their places with others.
     *
     * @param key what copies have in common; null for a document that has none. Not asked about every document
     */
    public Nearest<D> search(
            float[] query,
            int k,
            @Nullable Predicate<? super D> filter,
            Function<? super D, ? extends @Nullable Object> key) {
        if (query.length != dimension) {
            throw new IllegalArgumentException(
                    "the query's vector has dimension " + query.length + ", the index has " + dimension);
        }
        DistinctTopK best = new DistinctTopK(k, ids::get, slot -> key.apply(documents.get(slot)));
        float[] padded = VectorBlock.padded(query);
        for (int first = 0; first < size(); first += VectorBlock.LANES) {
            multiply(block(first), padded);
            int lanes = Math.min(VectorBlock.LANES, size() - first);
            for (int lane = 0; lane < lanes; lane++) {
                offer(best, first + lane, dots[lane], filter);
            }
        }
        return best.nearest(documents::get);
    }

    /**
     * Returns the cosine similarity of a query and a document, the same bits as {@link #search} gives.
     *
     * @throws IllegalArgumentException if the document is not there
     */
    public float similarity(float[] query, String id) {
        Integer slot = slotOf.get(id);
        if (slot == null) {
            throw new IllegalArgumentException("the index has no document " + id);
        }
        return block(slot).dot(query, lane(slot));
    }

    private void multiply(VectorBlock block, float[] padded) {
        if (block.lanes() < VectorBlock.LANES) {
            block.dotsOfFew(padded, dots);
            return;
        }
        if (kernel == null) {
            kernel = DotKernel.best();
        }
        block.dots(kernel, padded, dots);
    }

    /** Offers a slot. A filter costs more than a dot product, so it is asked only about documents that are near enough. */
    private void offer(DistinctTopK best, int slot, float score, @Nullable Predicate<? super D> filter) {
        if (best.wants(slot, score) && (filter == null || filter.test(documents.get(slot)))) {
            best.add(slot, score);
        }
    }

    private VectorBlock block(int slot) {
        return blocks.get(slot / VectorBlock.LANES);
    }

    private static int lane(int slot) {
        return slot % VectorBlock.LANES;
    }
}
