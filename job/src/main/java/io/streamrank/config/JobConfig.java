// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.codec.Limits;
import io.streamrank.codec.QueryDefaults;
import io.streamrank.inference.BatchPolicy;
import io.streamrank.inference.onnx.ModelSpec;
import io.streamrank.kafka.KafkaConfig;
import io.streamrank.operator.CorpusConfig;
import io.streamrank.operator.RerankConfig;
import java.util.Map;

/**
 * All settings of a job, validated. Each function receives only its own record.
 *
 * @param flink settings handed to Flink as they are, with Flink's own names
 */
public record JobConfig(
        KafkaConfig kafka,
        Limits limits,
        QueryDefaults query,
        CorpusConfig corpus,
        RerankConfig rerank,
        ModelSpec embedder,
        ModelSpec crossEncoder,
        BatchPolicy embedding,
        BatchPolicy reranking,
        Map<String, String> flink) {
    public JobConfig {
        flink = Map.copyOf(flink);
    }
}
