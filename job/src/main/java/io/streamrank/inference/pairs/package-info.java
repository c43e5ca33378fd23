// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Scores pairs of a query and a passage: encoding, caches, and pairs that several callers wait for. */
@NullMarked
package io.streamrank.inference.pairs;

import org.jspecify.annotations.NullMarked;
