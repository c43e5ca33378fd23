// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** What a person sees: tables, progress, colour. */
@NullMarked
package io.streamrank.local.console;

import org.jspecify.annotations.NullMarked;
