// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import io.streamrank.state.QuantizedVector;
import io.streamrank.state.Rotation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the nearest neighbours by cosine similarity over unit vectors, exactly those that a look at each vector would find. Answers
 * depend on the documents alone, not on the order in which they came: equal scores are ordered by id. Any number of threads may
 * search at the same time, and none while another one changes the index.
 *
 * @param <D> what is kept next to each vector
 */
public final class FlatIndex<D> {
    /*
     * A search reads the coarse numbers of all vectors, which bound each score from above. It computes the scores of those alone that
     * can be among the best by their bounds, the largest bound first. A lane of a block is written once. So a document that is
     * removed leaves a hole, and a block with many holes is left for another one.
     *
     * The class is long since where documents lie and how they are found belong together.
     */
    private static final int FEWEST_LANES = 4;
    /** Holes in a full block from which on its vectors move to another one. */
    private static final int MOST_HOLES = VectorBlock.LANES / 4;
    /** Slots of the first batch for each one asked for: with so many, the first batch mostly has all that is found. */
    private static final int FIRST_BATCH = 4;

    private static final int LARGER_BATCH = 8;

    private final int dimension;
    /** Slots are numbered through the blocks, each of which counts as {@link VectorBlock#LANES}. */
    private final Map<String, Integer> slotOf = new HashMap<>();

    private final List<@Nullable VectorBlock<D>> blocks = new ArrayList<>(); // null for one that was left
    /** Index of the block that takes the next document; the last one that was added. */
    private int open;

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
        private static final int DOCUMENTS = 2 * VectorBlock.LANES;
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
        return slotOf.size();
    }

    /** Returns the bytes held for vectors. */
    public long bytes() {
        long bytes = 0;
        for (VectorBlock<D> block : blocks) {
            bytes += block == null ? 0 : block.bytes();
        }
        return bytes;
    }

    /** Adds or replaces a document. The vector, of unit length, is copied. */
    public void put(String id, float[] vector, D document) {
        put(id, QuantizedVector.of(vector), document);
    }

    /** Adds or replaces a document. The vector's coarse numbers move into the index, and stay readable there. */
    public void put(String id, QuantizedVector vector, D document) {
        if (vector.dimension() != dimension) {
            throw new IllegalArgumentException(
                    "vector of " + id + " has dimension " + vector.dimension() + ", the index has " + dimension);
        }
        remove(id);
        VectorBlock<D> block = withRoom();
        slotOf.put(id, slot(open, block.add(id, vector, document)));
    }

    /** Returns the open block, after a larger or another one took its place if it was full. */
    private VectorBlock<D> withRoom() {
        if (blocks.isEmpty()) {
            return added(FEWEST_LANES);
        }
        VectorBlock<D> block = block(open);
        if (!block.isFull()) {
            return block;
        }
        if (blocks.size() == 1 && (block.lanes() < VectorBlock.LANES || block.holes() >= MOST_HOLES)) {
            return gathered();
        }
        int full = open;
        VectorBlock<D> added = added(VectorBlock.LANES);
        if (block.holes() >= MOST_HOLES) {
            leave(full); // which has room enough in the new one
        }
        return added;
    }

    /** Puts all documents into one block, which has room for twice as many if there is one that large. */
    private VectorBlock<D> gathered() {
        int lanes = FEWEST_LANES;
        while (lanes < VectorBlock.LANES && lanes < 2 * size()) {
            lanes *= 2;
        }
        VectorBlock<D> all = new VectorBlock<>(dimension, lanes);
        for (VectorBlock<D> block : blocks) {
            for (int lane = 0; block != null && lane < block.used(); lane++) {
                if (block.isLive(lane)) {
                    slotOf.put(block.id(lane), block.moveTo(all, lane));
                }
            }
        }
        blocks.clear();
        open = 0;
        blocks.add(all);
        return all;
    }

    private VectorBlock<D> added(int lanes) {
        VectorBlock<D> block = new VectorBlock<>(dimension, lanes);
        int free = blocks.indexOf(null);
        open = free < 0 ? blocks.size() : free;
        if (free < 0) {
            blocks.add(block);
        } else {
            blocks.set(free, block);
        }
        return block;
    }

    /** Removes a document, if it is there. */
    public void remove(String id) {
        Integer slot = slotOf.remove(id);
        if (slot == null) {
            return;
        }
        VectorBlock<D> block = block(slot / VectorBlock.LANES);
        block.remove(slot % VectorBlock.LANES);
        if (slotOf.isEmpty()) {
            blocks.clear();
            open = 0;
        } else if (4 * size() <= block.lanes() && (blocks.size() > 1 || block.lanes() > FEWEST_LANES)) {
            VectorBlock<D> unused = gathered();
        } else if (block.isFull() && block.holes() >= MOST_HOLES && slot / VectorBlock.LANES != open) {
            leave(slot / VectorBlock.LANES);
        }
    }

    /** Moves the documents of a block to the open one. */
    private void leave(int index) {
        VectorBlock<D> left = block(index);
        blocks.set(index, null);
        for (int lane = 0; lane < left.used(); lane++) {
            if (left.isLive(lane)) {
                VectorBlock<D> target = withRoom();
                slotOf.put(left.id(lane), slot(open, left.moveTo(target, lane)));
            }
        }
        while (blocks.get(blocks.size() - 1) == null) {
            blocks.remove(blocks.size() - 1);
        }
    }

    /** Returns what is kept next to a document's vector; null if the document is not there. */
    public @Nullable D get(String id) {
        Integer slot = slotOf.get(id);
        return slot == null ? null : document(slot);
    }

    /**
     * Returns the {@code k} documents nearest to a query, nearest first; fewer if fewer match.
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
        CoarseQuery coarse = new CoarseQuery(query);
        UpperBounds bounds = new UpperBounds(blocks, coarse);
        DistinctTopK best = new DistinctTopK(k, this::id, slot -> key.apply(document(slot)));
        float below = Float.POSITIVE_INFINITY;
        int batch = FIRST_BATCH * k;
        while (below > Float.NEGATIVE_INFINITY) {
            // Who reaches less than the worst of those found cannot be among them.
            float from = best.isFull() ? best.worstScore() : bounds.reachedBy(batch, below);
            boolean last = best.isFull();
            offer(best, bounds, bounds.descending(from, below), coarse.numbers, filter);
            below = last ? Float.NEGATIVE_INFINITY : from;
            batch *= LARGER_BATCH;
        }
        return best.nearest(this::document);
    }

    private void offer(
            DistinctTopK best,
            UpperBounds bounds,
            long[] candidates,
            float[] query,
            @Nullable Predicate<? super D> filter) {
        for (long candidate : candidates) {
            int slot = (int) candidate;
            if (best.isFull() && bounds.of(slot) < best.worstScore()) {
                return; // and so do all that follow
            }
            if (filter == null || filter.test(document(slot))) {
                float score = block(slot / VectorBlock.LANES).score(slot % VectorBlock.LANES, query);
                if (best.wants(slot, score)) {
                    best.add(slot, score);
                }
            }
        }
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
        float[] rotated = Rotation.ofDimension(query.length).apply(query);
        return block(slot / VectorBlock.LANES).score(slot % VectorBlock.LANES, rotated);
    }

    private String id(int slot) {
        return block(slot / VectorBlock.LANES).id(slot % VectorBlock.LANES);
    }

    private D document(int slot) {
        return block(slot / VectorBlock.LANES).document(slot % VectorBlock.LANES);
    }

    private VectorBlock<D> block(int index) {
        return Objects.requireNonNull(blocks.get(index), "a slot lies in a block");
    }

    private static int slot(int block, int lane) {
        return Math.addExact(Math.multiplyExact(block, VectorBlock.LANES), lane);
    }
}
