// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import org.jspecify.annotations.Nullable;

/** Makes pairs of texts, each text tokenised once where the model's tokenizer lets pairs be put together. Thread-safe. */
final class PairEncoder {
    private final CrossEncoder encoder;
    private final @Nullable PairTemplate template;
    private final TokenCache cache;

    PairEncoder(CrossEncoder encoder, PairPolicy policy) {
        this.encoder = encoder;
        this.template = encoder.template();
        this.cache = new TokenCache(template == null ? 0 : policy.tokenCacheBytes());
    }

    /** One query, to be paired with many passages. */
    Question question(String query) {
        return template == null
                ? passage -> encoder.encode(query, passage)
                : new Concatenation(template, Tokens.of(encoder.tokens(query), template.room()))::with;
    }

    CacheStats cacheStats() {
        return cache.stats();
    }

    /** A query that is tokenised already. */
    interface Question {
        Encoding with(String passage);
    }

    private final class Concatenation {
        private final PairTemplate template;
        private final Tokens query;

        Concatenation(PairTemplate template, Tokens query) {
            this.template = template;
            this.query = query;
        }

        Encoding with(String passage) {
            return template.join(query, cache.get(Digest.of(passage), () -> tokens(passage)));
        }

        private Tokens tokens(String passage) {
            return Tokens.of(encoder.tokens(passage), template.room());
        }
    }
}
