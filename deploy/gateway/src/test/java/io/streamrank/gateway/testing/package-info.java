// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Runs a gateway for tests. */
@NullMarked
package io.streamrank.gateway.testing;

import org.jspecify.annotations.NullMarked;
