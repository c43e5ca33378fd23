// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import io.streamrank.inference.batching.Digest;

/** What a (query, passage) pair is known by; with the model that the cache belongs to it determines the score. */
record PairKey(Digest query, Digest passage) {}
