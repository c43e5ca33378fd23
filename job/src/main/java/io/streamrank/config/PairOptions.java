// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.config.option.Option;
import io.streamrank.config.option.Settings;
import io.streamrank.inference.model.LongDocuments;
import io.streamrank.inference.model.PairPolicy;
import java.util.List;
import org.apache.flink.configuration.MemorySize;

/** Defines the options of pairs of query and document: long documents and caches. */
final class PairOptions {
    private static final PairPolicy DEFAULTS = PairPolicy.defaults();

    static final Option<LongDocuments> LONG_DOCUMENTS = Option.choice(
            "rerank.long-documents",
            DEFAULTS.longDocuments(),
            "What becomes of a document that does not fit into the reranker beside its query. truncate: its end is cut off."
                    + " chunk: it is read in overlapping chunks, each of them a pair, and the best chunk's score is the"
                    + " document's.");
    static final Option<Integer> CHUNK_STRIDE = Option.integer(
            "rerank.chunk-stride",
            DEFAULTS.chunkStride(),
            0,
            65_536,
            "Tokens that a chunk shares with the one before it. More than half a chunk counts as half.");
    static final Option<Integer> MAX_CHUNKS = Option.integer(
            "rerank.max-chunks",
            DEFAULTS.maxChunks(),
            1,
            1_000,
            "Most chunks of a document; what is beyond them is cut off, which the answer's usage.truncated counts.");
    static final Option<MemorySize> TOKEN_CACHE = Option.size(
            "rerank.token-cache-size",
            new MemorySize(DEFAULTS.tokenCacheBytes()),
            MemorySize.ZERO,
            MemorySize.ofMebiBytes(65_536),
            "Heap of each TaskManager for tokens of documents that were candidates lately, so that each is tokenised once: two"
                    + " bytes a token (four for vocabularies beyond 65536) and some 160 a document. 0: none.");
    static final Option<MemorySize> SCORE_CACHE = Option.size(
            "rerank.score-cache-size",
            new MemorySize(DEFAULTS.scoreCacheBytes()),
            MemorySize.ZERO,
            MemorySize.ofMebiBytes(65_536),
            "Heap of each TaskManager for scores of pairs, so that a query that is asked again costs no inference where"
                    + " documents are the same: some 224 bytes a pair. A changed text is another pair. 0: none.");

    static final List<Option<?>> ALL = List.of(LONG_DOCUMENTS, CHUNK_STRIDE, MAX_CHUNKS, TOKEN_CACHE, SCORE_CACHE);

    private PairOptions() {}

    static PairPolicy read(Settings settings) {
        return new PairPolicy(
                settings.get(TOKEN_CACHE).getBytes(),
                settings.get(SCORE_CACHE).getBytes(),
                settings.get(LONG_DOCUMENTS),
                settings.get(CHUNK_STRIDE),
                settings.get(MAX_CHUNKS));
    }
}
