// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

/** Says what happens to the vectors that documents of a store bring. */
public enum VectorPolicy {
    /** They are loaded if the job's embedder gives the same ones. */
    CHECK,
    /** They are loaded as they are; queries must bring vectors of the same model. */
    FOREIGN,
    /** They are left out, and the job embeds the documents. */
    DROP
}
