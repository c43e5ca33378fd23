// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import java.io.Serializable;

/** Limits the size of records, queries, documents and filters; each refusal names the limit. */
public record Limits(
        int recordBytes,
        int queryChars,
        int inlineDocuments,
        int fields,
        int fieldChars,
        int metadataBytes,
        int filterDepth,
        int filterConditions,
        int candidates,
        int topN)
        implements Serializable {
    public static Limits defaults() {
        return new Limits(1 << 20, 8_192, 1_000, 64, 262_144, 16_384, 8, 256, 1_000, 1_000);
    }
}
