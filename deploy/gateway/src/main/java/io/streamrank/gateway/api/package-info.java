// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Maps the rerank APIs that clients know to the wire contract and back. */
@NullMarked
package io.streamrank.gateway.api;

import org.jspecify.annotations.NullMarked;
