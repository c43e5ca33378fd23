// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** What a person sees and does: tables, progress, colour, messages of failures, exit codes, Ctrl-C. */
@NullMarked
package io.streamrank.local.console;

import org.jspecify.annotations.NullMarked;
