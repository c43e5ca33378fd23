// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** JSON to events and back; every refusal names the field, the value and the limit. */
@NullMarked
package io.streamrank.codec;

import org.jspecify.annotations.NullMarked;
