// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Keeps the corpus in Flink state and retrieves candidates from it. */
@NullMarked
package io.streamrank.operator.corpus;

import org.jspecify.annotations.NullMarked;
