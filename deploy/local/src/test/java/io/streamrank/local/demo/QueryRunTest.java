// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.codec.EmbeddingCodec;
import org.junit.jupiter.api.Test;

class QueryRunTest {
    @Test
    void theFirstQueryBringsAVectorOnlyIfTheJobHasNoEmbedder() {
        assertThat(QueryRun.probe(null).toString())
                .isEqualTo("{\"query\":\"ready?\",\"id\":\"probe\",\"candidates\":1,\"top_n\":1}");
        assertThat(QueryRun.probe(3).path("embedding").asText())
                .isEqualTo(EmbeddingCodec.base64(new float[] {1, 1, 1}));
    }
}
