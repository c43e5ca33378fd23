// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.codec.FilterCodec;
import io.streamrank.codec.Limits;
import io.streamrank.config.option.Option;
import io.streamrank.config.option.Section;
import io.streamrank.config.option.Settings;
import java.util.List;
import org.apache.flink.configuration.MemorySize;

/** Defines the limits of records, queries, documents and filters. */
final class LimitOptions {
    private static final Limits DEFAULTS = Limits.defaults();

    static final Option<MemorySize> RECORD_SIZE = Option.size(
            "limits.record-size",
            new MemorySize(DEFAULTS.recordBytes()),
            MemorySize.parse("1 kb"),
            MemorySize.parse("64 mb"),
            "Maximum size of a record's value, in bytes.");
    static final Option<Integer> QUERY_CHARS = Option.integer(
            "limits.query-chars",
            DEFAULTS.queryChars(),
            1,
            1_000_000,
            "Maximum length of a query's text, in characters. It also bounds the query's tokens. A model cuts off"
                    + " what exceeds its models.*.max-tokens. The answer's usage.truncated counts the pairs that the reranker"
                    + " cut, in the query or in the document. It does not count what the embedder cut.");
    static final Option<Integer> INLINE_DOCUMENTS = Option.integer(
            "limits.inline-documents",
            DEFAULTS.inlineDocuments(),
            1,
            100_000,
            "Maximum number of documents in a query.");
    static final Option<Integer> FIELDS =
            Option.integer("limits.fields", DEFAULTS.fields(), 1, 10_000, "Maximum number of fields of a document.");
    static final Option<Integer> FIELD_CHARS = Option.integer(
            "limits.field-chars",
            DEFAULTS.fieldChars(),
            1,
            64_000_000,
            "Maximum length of a field's text, in characters.");
    static final Option<MemorySize> METADATA_SIZE = Option.size(
            "limits.metadata-size",
            new MemorySize(DEFAULTS.metadataBytes()),
            MemorySize.ZERO,
            MemorySize.parse("1 mb"),
            "Maximum size of a document's metadata, in bytes of JSON.");
    static final Option<Integer> FILTER_DEPTH = Option.integer(
            "limits.filter-depth",
            DEFAULTS.filterDepth(),
            1,
            FilterCodec.MAX_DEPTH,
            "Maximum nesting of and, or and not in a query's filter.");
    static final Option<Integer> FILTER_CONDITIONS = Option.integer(
            "limits.filter-conditions",
            DEFAULTS.filterConditions(),
            1,
            10_000,
            "Maximum number of conditions in a query's filter.");
    static final Option<Integer> CANDIDATES = Option.integer(
            "limits.candidates",
            DEFAULTS.candidates(),
            1,
            100_000,
            "Maximum number of candidates that a query may ask for.");
    static final Option<Integer> TOP_N = Option.integer(
            "limits.top-n", DEFAULTS.topN(), 1, 100_000, "Maximum number of results that a query may ask for.");

    static final Section SECTION = new Section(
            "Limits",
            "A record beyond one of these limits becomes a dead letter. Its message names the field, the value and"
                    + " the limit. In a query's own documents only the part beyond the limit is left out, and"
                    + " `usage.invalid_documents` says so.",
            List.of(
                    RECORD_SIZE,
                    QUERY_CHARS,
                    INLINE_DOCUMENTS,
                    FIELDS,
                    FIELD_CHARS,
                    METADATA_SIZE,
                    FILTER_DEPTH,
                    FILTER_CONDITIONS,
                    CANDIDATES,
                    TOP_N));

    private LimitOptions() {}

    static Limits read(Settings settings) {
        return new Limits(
                (int) settings.get(RECORD_SIZE).getBytes(),
                settings.get(QUERY_CHARS),
                settings.get(INLINE_DOCUMENTS),
                settings.get(FIELDS),
                settings.get(FIELD_CHARS),
                (int) settings.get(METADATA_SIZE).getBytes(),
                settings.get(FILTER_DEPTH),
                settings.get(FILTER_CONDITIONS),
                settings.get(CANDIDATES),
                settings.get(TOP_N));
    }
}
