// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** The Flink functions; thin. */
@NullMarked
package io.streamrank.operator;

import org.jspecify.annotations.NullMarked;
