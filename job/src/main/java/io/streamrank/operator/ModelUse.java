// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import io.streamrank.inference.Cascade;
import io.streamrank.inference.EmbeddingService;
import io.streamrank.inference.ModelException;
import io.streamrank.inference.Models;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.jspecify.annotations.Nullable;

/** Opens models for operators: a model that cannot be used ends the job at once, since a restart would not mend it. */
final class ModelUse {
    private ModelUse() {}

    static EmbeddingService openEmbedder(Models models) {
        try {
            return models.openEmbedder();
        } catch (ModelException unusable) {
            throw new SuppressRestartsException(unusable);
        }
    }

    static Cascade openCascade(Models models) {
        try {
            return models.openCascade();
        } catch (ModelException unusable) {
            throw new SuppressRestartsException(unusable);
        }
    }

    /** Operators are closed even where they were never opened. */
    static void close(@Nullable EmbeddingService service) {
        if (service != null) {
            service.close();
        }
    }

    static void close(@Nullable Cascade cascade) {
        if (cascade != null) {
            cascade.close();
        }
    }
}
