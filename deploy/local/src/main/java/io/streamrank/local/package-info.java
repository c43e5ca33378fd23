// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** The commands behind {@code ./streamrank}. */
@NullMarked
package io.streamrank.local;

import org.jspecify.annotations.NullMarked;
