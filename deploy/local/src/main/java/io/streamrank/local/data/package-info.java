// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** A user's files: documents and queries, to what goes on the topics. */
@NullMarked
package io.streamrank.local.data;

import org.jspecify.annotations.NullMarked;
