// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** The commands behind {@code ./streamrank}, and the options that they share. */
@NullMarked
package io.streamrank.local.command;

import org.jspecify.annotations.NullMarked;
