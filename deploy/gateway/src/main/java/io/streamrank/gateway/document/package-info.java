// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Writes documents of a request to the documents topic. */
@NullMarked
package io.streamrank.gateway.document;

import org.jspecify.annotations.NullMarked;
