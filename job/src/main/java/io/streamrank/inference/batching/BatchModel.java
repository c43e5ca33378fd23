// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.workers.Priority;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A model as the batcher sees it. Thread-safe. */
public interface BatchModel<R> extends AutoCloseable {
    String name();

    int maxBatchSize();

    /** What batches suit it where it is. */
    default Batching batching() {
        return Batching.CPU;
    }

    /** When this model's work goes, among other models' on the same workers. */
    Priority precedence(boolean urgent);

    /** One result an item, in their order. */
    List<R> run(List<Encoding> batch) throws InferenceException;

    /** Why a result cannot be used, or null where it can. */
    @Nullable
    String flaw(R result);

    @Override
    void close();
}
