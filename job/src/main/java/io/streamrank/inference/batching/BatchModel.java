// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Presents a model to its batcher. Thread-safe. */
public interface BatchModel<R> extends AutoCloseable {
    String name();

    /** Returns the most items that one run may hold. */
    int maxBatchSize();

    /** Returns what batches suit it where it is. */
    default Batching batching() {
        return Batching.CPU;
    }

    /** Runs a batch and returns one result an item, in their order. */
    List<R> run(List<Encoding> batch) throws InferenceException;

    /** Returns why a result cannot be used, or null where it can. */
    @Nullable
    String validate(R result);

    @Override
    void close();
}
