// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Sends requests to models behind an HTTP API: one gate for each address and key in a JVM; knows no model and no shape. */
@NullMarked
package io.streamrank.inference.endpoint;

import org.jspecify.annotations.NullMarked;
