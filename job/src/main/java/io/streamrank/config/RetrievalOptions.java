// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.codec.QueryDefaults;
import io.streamrank.config.option.Option;
import io.streamrank.config.option.Section;
import io.streamrank.config.option.Settings;
import io.streamrank.event.RetrievalMode;
import io.streamrank.operator.corpus.SparseConfig;
import io.streamrank.retrieval.sparse.Bm25;
import io.streamrank.retrieval.sparse.TextLanguage;
import java.util.List;

/** Defines the options of retrieval. */
final class RetrievalOptions {
    private static final SparseConfig DEFAULTS = SparseConfig.defaults();

    static final Option<RetrievalMode> MODE = Option.choice(
            "retrieval.mode",
            QueryDefaults.defaults().retrieval(),
            "How candidates are found, unless a query says it with retrieval. dense: the nearest vectors. sparse: the"
                    + " best by BM25, by their words. hybrid: both lists, fused by reciprocal ranks. All three rerank the"
                    + " same number of candidates.");
    static final Option<Boolean> SPARSE = Option.flag(
            "retrieval.sparse.enabled",
            DEFAULTS.enabled(),
            "Whether the job keeps an inverted index of the documents. Without it the modes sparse and hybrid are refused,"
                    + " a query that could not be embedded gets no results, and a document takes about half of the memory.");
    static final Option<TextLanguage> LANGUAGE = Option.choice(
            "retrieval.sparse.language",
            DEFAULTS.language(),
            "Analyzer of Lucene that makes terms of documents and queries for BM25. standard splits into words. The"
                    + " others also stem and drop stop words. A new value takes effect at the next start.");
    static final Option<Double> K1 = Option.decimal(
            "retrieval.sparse.k1",
            asDecimal(DEFAULTS.bm25().k1()),
            0,
            1_000,
            "Parameter k1 of BM25: the greater, the more it counts how often a document has a term.");
    static final Option<Double> B = Option.decimal(
            "retrieval.sparse.b",
            asDecimal(DEFAULTS.bm25().b()),
            0,
            1,
            "Parameter b of BM25: the greater, the less a term counts in a long document.");

    static final Section SECTION =
            new Section("Retrieval", "How the first stage finds candidates.", List.of(MODE, SPARSE, LANGUAGE, K1, B));

    private RetrievalOptions() {}

    static SparseConfig sparse(Settings settings) {
        boolean enabled = settings.get(SPARSE);
        RetrievalMode mode = settings.get(MODE);
        settings.rule(
                enabled || mode == RetrievalMode.DENSE,
                MODE.key() + " must be dense without an inverted index (" + SPARSE.key() + " is false): "
                        + mode.wireName(),
                MODE,
                SPARSE);
        return new SparseConfig(
                enabled,
                DocumentOptions.sparseText(settings),
                settings.get(LANGUAGE),
                new Bm25(settings.get(K1).floatValue(), settings.get(B).floatValue()));
    }

    /** Returns the number as it is written: 1.2, not the double next to the float 1.2. */
    private static double asDecimal(float value) {
        return Double.parseDouble(Float.toString(value));
    }
}
