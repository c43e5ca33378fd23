// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Defines what a model is and what it says: interfaces, token sequences, batching rules, statistics and exceptions. JDK only. */
@NullMarked
package io.streamrank.inference.model;

import org.jspecify.annotations.NullMarked;
