// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Producers and consumers of the job's topics. */
@NullMarked
package io.streamrank.local.client;

import org.jspecify.annotations.NullMarked;
