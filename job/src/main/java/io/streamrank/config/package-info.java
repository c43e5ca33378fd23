// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Turns options, files and arguments into validated records. */
@NullMarked
package io.streamrank.config;

import org.jspecify.annotations.NullMarked;
