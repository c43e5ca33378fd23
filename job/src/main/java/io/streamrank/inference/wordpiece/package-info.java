// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Splits plain text into the word pieces of BERT's tokenizer. */
@NullMarked
package io.streamrank.inference.wordpiece;

import org.jspecify.annotations.NullMarked;
