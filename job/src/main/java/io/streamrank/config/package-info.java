// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Configuration: options, files and arguments to validated records. */
@NullMarked
package io.streamrank.config;

import org.jspecify.annotations.NullMarked;
