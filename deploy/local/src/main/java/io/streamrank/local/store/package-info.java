// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Reads documents from databases and from Redis, and brings the documents topic in line with them. */
@NullMarked
package io.streamrank.local.store;

import org.jspecify.annotations.NullMarked;
