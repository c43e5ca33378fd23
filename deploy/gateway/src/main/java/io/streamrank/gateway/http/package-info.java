// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Serves the routes: keys, limits, bodies, errors, the page and the documentation. */
@NullMarked
package io.streamrank.gateway.http;

import org.jspecify.annotations.NullMarked;
