// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** How fast it is, beside how fast it could be. */
@NullMarked
package io.streamrank.local.benchmark;

import org.jspecify.annotations.NullMarked;
