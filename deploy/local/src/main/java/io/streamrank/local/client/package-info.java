// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** The launcher's own clients of a job's topics. */
@NullMarked
package io.streamrank.local.client;

import org.jspecify.annotations.NullMarked;
