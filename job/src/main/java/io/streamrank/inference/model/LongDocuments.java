// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

/** Says what becomes of a passage that does not fit into a pair with its query. */
public enum LongDocuments {
    /** Its end is cut off, as the model's tokenizer does. */
    TRUNCATE,
    /** It is read in overlapping chunks, and the best of them speaks for it. */
    CHUNK
}
