// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import io.streamrank.event.RankedResult;

/**
 * Trims an answer that is too large for its record. Its documents are left out first. If that is not enough, half of the
 * hits are left out, the last ones first, and half of the rest, until it fits. The answer's {@code usage} then says how many in {@code
 * omitted_documents} and {@code omitted_hits}.
 */
final class ResultTrimmer {
    private ResultTrimmer() {}

    /** Writes the answer within {@code maxBytes}, or without any hit if that is still larger. */
    static byte[] trim(RankedResult result, int maxBytes) {
        byte[] bytes = RankedResultCodec.encode(result, result.results(), false);
        int hits = result.results().size();
        while (bytes.length > maxBytes && hits > 0) {
            hits /= 2;
            bytes = RankedResultCodec.encode(result, result.results().subList(0, hits), false);
        }
        return bytes;
    }
}
