// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.LongDocuments;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.inference.model.PairTemplate;
import io.streamrank.inference.model.Tokens;
import io.streamrank.inference.stats.CacheStats;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tokenises pairs, each text once where the model's tokenizer lets pairs be put together. Thread-safe. */
public final class PairEncoder {
    private final CrossEncoder encoder;
    private final @Nullable PairTemplate template;
    private final @Nullable Chunks chunks;
    private final TokenCache cache;

    private PairEncoder(CrossEncoder encoder, @Nullable PairTemplate template, @Nullable Chunks chunks, long bytes) {
        this.encoder = encoder;
        this.template = template;
        this.chunks = chunks;
        this.cache = new TokenCache(bytes);
    }

    /** Returns an encoder for that model, or throws where the model cannot do what the policy asks for. */
    public static PairEncoder of(CrossEncoder encoder, PairPolicy policy) throws ModelException {
        PairTemplate template = encoder.template();
        boolean inChunks = policy.longDocuments() == LongDocuments.CHUNK;
        if (template == null && inChunks) {
            throw new ModelException(
                    "Model " + encoder.info().name() + " cannot read documents in chunks, as its tokenizer"
                            + " builds pairs in its own way; choose truncate for long documents, or another model.");
        }
        Chunks chunks = template != null && inChunks ? new Chunks(template, policy) : null;
        return new PairEncoder(encoder, template, chunks, template == null ? 0 : policy.tokenCacheBytes());
    }

    CacheStats cacheStats() {
        return cache.stats();
    }

    /** Pairs one query with passages. For one thread. */
    final class QueryEncoding {
        private final String query;
        private @Nullable Tokens tokens;

        QueryEncoding(String query) {
            this.query = query;
        }

        EncodedPair with(String passage) {
            return with(passage, cache.isOn() ? Digest.of(passage) : null);
        }

        /** @param digest the passage's; null where tokens are not cached */
        EncodedPair with(String passage, @Nullable Digest digest) {
            if (template == null) {
                return new EncodedPair(List.of(encoder.encode(query, passage)));
            }
            Tokens ofQuery = tokens == null ? template.keep(encoder.tokens(query)) : tokens;
            tokens = ofQuery;
            Tokens ofPassage = digest == null
                    ? keep(template, encoder.tokens(passage))
                    : cache.get(digest, () -> keep(template, encoder.tokens(passage)));
            return chunks == null
                    ? new EncodedPair(List.of(template.join(ofQuery, ofPassage)))
                    : chunks.pair(ofQuery, ofPassage);
        }

        private Tokens keep(PairTemplate pairs, int[] ids) {
            return chunks == null ? pairs.keep(ids) : Tokens.of(ids, chunks.readable());
        }
    }
}
