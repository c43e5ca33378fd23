// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Turns records of the documents topic into updates of the corpus: track, decode, admit, embed, split. */
@NullMarked
package io.streamrank.operator.document;

import org.jspecify.annotations.NullMarked;
