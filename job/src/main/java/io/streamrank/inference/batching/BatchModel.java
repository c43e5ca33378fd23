// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.Model;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Presents a model to its batcher, which owns it. Thread-safe. */
public interface BatchModel<R> {
    Model model();

    /** Runs a batch and returns one result an item, in their order. */
    List<R> run(List<Encoding> batch) throws InferenceException;

    /** Returns why a result cannot be used, or null where it can. */
    @Nullable
    String validate(R result);

    /**
     * Gives the model back.
     *
     * @param sound whether no run has failed or was given up, so that another batcher could use the model
     */
    default void close(boolean sound) {
        model().close();
    }

    default String name() {
        return model().info().name();
    }
}
