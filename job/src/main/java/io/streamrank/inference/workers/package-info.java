// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Runs the batches of all models of a JVM on one set of threads, by priority. */
@NullMarked
package io.streamrank.inference.workers;

import org.jspecify.annotations.NullMarked;
