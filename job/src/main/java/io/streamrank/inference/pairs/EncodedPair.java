// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import io.streamrank.inference.model.Encoding;
import java.util.List;

/**
 * A (query, passage) pair as the model reads it.
 *
 * @param chunks one encoding, or several where a long passage is read in parts
 */
record EncodedPair(List<Encoding> chunks) {
    EncodedPair {
        chunks = List.copyOf(chunks);
    }

    /** Of all chunks, special tokens included. */
    int tokens() {
        return chunks.stream().mapToInt(Encoding::tokens).sum();
    }

    boolean truncated() {
        return chunks.stream().anyMatch(Encoding::truncated);
    }
}
