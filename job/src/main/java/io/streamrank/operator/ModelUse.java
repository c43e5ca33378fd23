// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import io.streamrank.inference.EmbeddingService;
import io.streamrank.inference.ModelException;
import io.streamrank.inference.Models;
import io.streamrank.inference.RerankingService;
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

    static RerankingService openReranker(Models models) {
        try {
            return models.openReranker();
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

    static void close(@Nullable RerankingService service) {
        if (service != null) {
            service.close();
        }
    }
}
