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
            "What happens to a document that does not fit into the reranker together with its query. truncate: its"
                    + " end is cut off. chunk: the reranker reads it in overlapping chunks, each of which is a pair. The best"
                    + " chunk's score is the document's.");
    static final Option<Integer> CHUNK_STRIDE = Option.integer(
            "rerank.chunk-stride",
            DEFAULTS.chunkStride(),
            0,
            65_536,
            "Number of tokens that a chunk shares with the previous one. More than half a chunk counts as half.");
    static final Option<Integer> MAX_CHUNKS = Option.integer(
            "rerank.max-chunks",
            DEFAULTS.maxChunks(),
            1,
            1_000,
            "Maximum number of chunks of a document. The rest is cut off, and the answer's usage.truncated counts"
                    + " it.");
    static final Option<MemorySize> TOKEN_CACHE = Option.size(
            "rerank.token-cache-size",
            new MemorySize(DEFAULTS.tokenCacheBytes()),
            MemorySize.ZERO,
            MemorySize.ofMebiBytes(65_536),
            "Heap of each TaskManager for the tokens of recent candidates, so that a text is tokenised once. A"
                    + " token takes two bytes, or four with a vocabulary beyond 65536. A document takes some 160 more. 0: no"
                    + " cache.");
    static final Option<MemorySize> SCORE_CACHE = Option.size(
            "rerank.score-cache-size",
            new MemorySize(DEFAULTS.scoreCacheBytes()),
            MemorySize.ZERO,
            MemorySize.ofMebiBytes(65_536),
            "Heap of each TaskManager for the scores of recent pairs, some 224 bytes a pair. A query that is asked"
                    + " again costs no inference for unchanged documents. A changed text is another pair. Queries that ask at the same time share"
                    + " a pair's run. 0: no cache, and nothing is shared.");

    static final Option<MemorySize> DOCUMENT_CACHE = Option.size(
            "rerank.document-cache-size",
            new MemorySize(DEFAULTS.documentCacheBytes()),
            MemorySize.ZERO,
            MemorySize.ofMebiBytes(65_536),
            "Direct memory of each TaskManager for what a split reranker computes of a document alone, so that it reads"
                    + " each document once. The memory is taken when it is needed. A token takes some 390 bytes with the"
                    + " built-in kind of model. Rerankers that read pairs whole take none of it. 0: no cache.");

    static final List<Option<?>> ALL =
            List.of(LONG_DOCUMENTS, CHUNK_STRIDE, MAX_CHUNKS, TOKEN_CACHE, SCORE_CACHE, DOCUMENT_CACHE);

    private PairOptions() {}

    static PairPolicy read(Settings settings) {
        return new PairPolicy(
                settings.get(TOKEN_CACHE).getBytes(),
                settings.get(SCORE_CACHE).getBytes(),
                settings.get(DOCUMENT_CACHE).getBytes(),
                settings.get(LONG_DOCUMENTS),
                settings.get(CHUNK_STRIDE),
                settings.get(MAX_CHUNKS));
    }
}
