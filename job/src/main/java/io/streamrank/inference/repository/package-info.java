// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Finds the files of a model: built in, in a folder, or downloaded from a hub. No DJL. */
@NullMarked
package io.streamrank.inference.repository;

import org.jspecify.annotations.NullMarked;
