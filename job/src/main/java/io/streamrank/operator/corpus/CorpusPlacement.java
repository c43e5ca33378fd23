// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

/** Says where the documents are. Savepoints do not hold it. */
public enum CorpusPlacement {
    /** Each process has all of them, and each parallel part of the job answers queries of its own. */
    BROADCAST,
    /** Each parallel part of the job has a share of them, and all parts work on each query. */
    SHARDED
}
