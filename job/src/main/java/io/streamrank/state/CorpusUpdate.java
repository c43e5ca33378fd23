// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

import io.streamrank.event.Document;
import io.streamrank.event.DocumentKey;
import io.streamrank.event.Embedding;
import io.streamrank.event.Version;
import org.jspecify.annotations.Nullable;

/**
 * Carries a change to every copy of the corpus.
 *
 * @param document without its embedding; null for a delete
 * @param embedding unit vector; null exactly where the document is
 */
public record CorpusUpdate(
        DocumentKey key,
        Version version,
        @Nullable Document document,
        @Nullable Embedding embedding) {}
