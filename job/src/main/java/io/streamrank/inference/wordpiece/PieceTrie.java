// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.wordpiece;

import java.util.Arrays;

/**
 * Finds pieces of ASCII letters one letter after the other, from {@link #WORD} for those that begin a word and from {@link #REST}
 * for those that go on with one. Thread-safe once it is filled.
 */
final class PieceTrie {
    static final int NONE = -1;
    static final int WORD = 0;
    static final int REST = 1;
    static final int LETTERS = 128;

    private static final int LETTER_BITS = 7;

    /** Node and letter, plus one; 0 for a free place. Collisions go on to the next place. */
    private int[] keys = new int[1 << 10];

    private int[] targets = new int[1 << 10];
    /** By node: the piece's id, or {@link #NONE}. */
    private int[] ids = {NONE, NONE, NONE, NONE};

    private int nodes = 2;

    /** Adds a piece of ASCII letters. */
    void add(int root, String piece, int id) {
        int node = root;
        for (int i = 0; i < piece.length(); i++) {
            int next = next(node, piece.charAt(i));
            node = next == NONE ? addNode(node, piece.charAt(i)) : next;
        }
        ids[node] = id;
    }

    /** Returns the node after a letter, or {@link #NONE}. */
    int next(int node, int letter) {
        int key = (node << LETTER_BITS | letter) + 1;
        int place = place(key);
        return keys[place] == 0 ? NONE : targets[place];
    }

    /** Returns the id of the piece that ends at a node, or {@link #NONE}. */
    int id(int node) {
        return ids[node];
    }

    private int place(int key) {
        int place = ((key * 0x9E3779B9) >>> 7) & (keys.length - 1);
        while (keys[place] != 0 && keys[place] != key) {
            place = (place + 1) & (keys.length - 1);
        }
        return place;
    }

    private int addNode(int node, int letter) {
        if (2 * nodes > keys.length) {
            grow();
        }
        if (nodes == ids.length) {
            ids = Arrays.copyOf(ids, 2 * nodes);
            Arrays.fill(ids, nodes, ids.length, NONE);
        }
        put((node << LETTER_BITS | letter) + 1, nodes);
        return nodes++;
    }

    private void put(int key, int target) {
        int place = place(key);
        keys[place] = key;
        targets[place] = target;
    }

    private void grow() {
        int[] oldKeys = keys;
        int[] oldTargets = targets;
        keys = new int[2 * oldKeys.length];
        targets = new int[keys.length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                put(oldKeys[i], oldTargets[i]);
            }
        }
    }
}
