// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Reads a user's files of documents and queries and converts them to records of the topics. */
@NullMarked
package io.streamrank.local.data;

import org.jspecify.annotations.NullMarked;
