// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Starts a command behind {@code ./streamrank}. */
@NullMarked
package io.streamrank.local;

import org.jspecify.annotations.NullMarked;
