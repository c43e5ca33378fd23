// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway;

import static java.util.stream.Collectors.joining;

import io.streamrank.codec.FilterCodec;
import io.streamrank.codec.Limits;
import io.streamrank.gateway.query.GatewayInputException;
import java.util.List;
import java.util.Map;

/**
 * Makes limits of the arguments {@code --limit NAME=VALUE}. Names and ranges are those of the job's options, so that what the job
 * was configured to read can reach it.
 */
final class GatewayLimits {
    private static final String QUERY_CHARS = "query-chars";
    private static final String FIELDS = "fields";
    private static final String FIELD_CHARS = "field-chars";
    private static final String METADATA_SIZE = "metadata-size";
    private static final String FILTER_DEPTH = "filter-depth";
    private static final String FILTER_CONDITIONS = "filter-conditions";
    private static final String CANDIDATES = "candidates";
    private static final String TOP_N = "top-n";

    private static final List<Range> RANGES = List.of(
            new Range(QUERY_CHARS, 1, 1_000_000),
            new Range(FIELDS, 1, 10_000),
            new Range(FIELD_CHARS, 1, 64_000_000),
            new Range(METADATA_SIZE, 0, 1 << 20),
            new Range(FILTER_DEPTH, 1, FilterCodec.MAX_DEPTH),
            new Range(FILTER_CONDITIONS, 1, 10_000),
            new Range(CANDIDATES, 1, 100_000),
            new Range(TOP_N, 1, 100_000));

    private GatewayLimits() {}

    /** Says what a limit may be. */
    private record Range(String name, int min, int max) {}

    /**
     * Returns the job's defaults but for what is given.
     *
     * @param given values by name; the size of metadata is in bytes
     */
    static Limits of(int recordBytes, int inlineDocuments, Map<String, Integer> given) {
        given.forEach(GatewayLimits::require);
        Limits usual = Limits.defaults();
        int topN = given.getOrDefault(TOP_N, Math.max(usual.topN(), inlineDocuments));
        if (topN < inlineDocuments) {
            throw new GatewayInputException(
                    "--limit top-n is %d but must not be less than --max-documents, %d, as the rerank routes ask for all documents"
                            .formatted(topN, inlineDocuments));
        }
        return new Limits(
                recordBytes,
                given.getOrDefault(QUERY_CHARS, usual.queryChars()),
                inlineDocuments,
                given.getOrDefault(FIELDS, usual.fields()),
                given.getOrDefault(FIELD_CHARS, usual.fieldChars()),
                given.getOrDefault(METADATA_SIZE, usual.metadataBytes()),
                given.getOrDefault(FILTER_DEPTH, usual.filterDepth()),
                given.getOrDefault(FILTER_CONDITIONS, usual.filterConditions()),
                given.getOrDefault(CANDIDATES, usual.candidates()),
                topN);
    }

    private static void require(String name, int value) {
        for (Range range : RANGES) {
            if (range.name().equals(name)) {
                GatewayCommand.require("--limit " + name, value, range.min(), range.max());
                return;
            }
        }
        throw new GatewayInputException("--limit knows no %s: give one of %s"
                .formatted(name, RANGES.stream().map(Range::name).collect(joining(", "))));
    }
}
