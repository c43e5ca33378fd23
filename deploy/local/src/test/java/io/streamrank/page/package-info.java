// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Tests the gateway's page in a real browser. */
@NullMarked
package io.streamrank.page;

import org.jspecify.annotations.NullMarked;
