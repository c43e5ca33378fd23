// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

import io.streamrank.event.DocumentKey;

/** Names a document of the corpus and holds what is known of it, as a checkpoint does. */
public record CorpusRecord(DocumentKey key, CorpusEntry entry) {}
