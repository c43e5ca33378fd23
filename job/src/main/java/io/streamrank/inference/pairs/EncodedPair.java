// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import io.streamrank.inference.model.Encoding;
import java.util.List;

/**
 * Holds a (query, passage) pair as the model reads it.
 *
 * @param chunks one encoding, or several where a long passage is read in parts
 */
record EncodedPair(List<Encoding> chunks) {
    EncodedPair {
        chunks = List.copyOf(chunks);
    }

    /** Returns the tokens of all chunks, special tokens included. */
    int tokens() {
        int tokens = 0;
        for (Encoding chunk : chunks) {
            tokens += chunk.tokens();
        }
        return tokens;
    }

    boolean truncated() {
        for (Encoding chunk : chunks) {
            if (chunk.truncated()) {
                return true;
            }
        }
        return false;
    }
}
