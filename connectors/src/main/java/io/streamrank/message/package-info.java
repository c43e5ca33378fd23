// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Makes what error messages show: parts of values, and the reasons of failures, without passwords. */
@NullMarked
package io.streamrank.message;

import org.jspecify.annotations.NullMarked;
