// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

/** A loaded model, whatever it computes. Thread-safe; each call runs it once on the calling thread. */
public interface Model extends AutoCloseable {
    ModelInfo info();

    /** Returns the most items that one run may hold without one's result depending on the others; 1 for dynamic int8. */
    int maxBatchSize();

    /** Returns what batches suit it where it is. */
    default Batching batching() {
        return Batching.CPU;
    }

    @Override
    void close();
}
