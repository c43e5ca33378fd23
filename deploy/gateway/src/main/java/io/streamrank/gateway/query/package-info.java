// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Prepares queries, admits them, and says what went wrong. */
@NullMarked
package io.streamrank.gateway.query;

import org.jspecify.annotations.NullMarked;
