// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Holds what the Flink functions share: metrics, deadlines, dead letters, opening of models. */
@NullMarked
package io.streamrank.operator;

import org.jspecify.annotations.NullMarked;
