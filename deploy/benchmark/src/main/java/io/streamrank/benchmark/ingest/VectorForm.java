// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.ingest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.codec.EmbeddingCodec;

/** Names how a document on the topic holds its vector. */
enum VectorForm {
    BASE64 {
        @Override
        void put(ObjectNode record, float[] vector) {
            record.put(MEMBER, EmbeddingCodec.base64(vector));
        }
    },
    ARRAY {
        @Override
        void put(ObjectNode record, float[] vector) {
            ArrayNode numbers = record.putArray(MEMBER);
            for (float value : vector) {
                numbers.add(value);
            }
        }
    };

    private static final String MEMBER = "embedding";

    /** Puts the vector into a document or a query. */
    abstract void put(ObjectNode record, float[] vector);
}
